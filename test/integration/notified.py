# notified.py SOCKET FILE: a service manager: each datagram is a line of FILE, "PID TEXT", with "+fd" where a file came, which is closed
import os, socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind("\0" + sys.argv[1][1:] if sys.argv[1][0] == "@" else sys.argv[1])
log = open(sys.argv[2], "w", buffering=1)
while True:
    text, control, _, _ = s.recvmsg(4096, 512)
    pid, more = 0, ""
    for level, kind, data in control:
        if kind == socket.SCM_CREDENTIALS:
            pid = struct.unpack("3i", data)[0]
        if kind == socket.SCM_RIGHTS:
            more = "+fd"
            for (fd,) in struct.iter_unpack("i", data):
                os.close(fd)
    log.write(f"{pid} {text.decode().strip()}{more}\n")
