# An older kernel: enosys.py NUMBER… -- COMMAND…: runs the command with system calls of these numbers answered by ENOSYS, for all that it starts.
# NUMBER=VALUE: only where the first argument is that value (its lower half).
import ctypes, os, struct, sys

PR_SET_SECCOMP, MODE_FILTER, RET_ALLOW, RET_ENOSYS = 22, 2, 0x7FFF0000, 0x00050000 | 38
LD, JEQ, RET = 0x20, 0x15, 0x06   # a word of struct seccomp_data: the number at 0, the first argument's lower half at 16

at = sys.argv.index("--")
calls, command = [[int(n) for n in word.split("=")] for word in sys.argv[1:at]], sys.argv[at + 1:]
code = []
for number, *value in calls:
    code += [(LD, 0, 0, 0), (JEQ, 0, 1 + 2 * len(value), number)]
    code += [(LD, 0, 0, 16), (JEQ, 0, 1, value[0])] if value else []
    code.append((RET, 0, 0, RET_ENOSYS))
code.append((RET, 0, 0, RET_ALLOW))
instructions = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *c) for c in code))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(instructions)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0):   # as root: without no_new_privs
    sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(command[0], command)
