# receive-pidfd.py SOCKET FILE [SIGNAL]: listens on SOCKET; what comes is written to FILE as "PAYLOAD PID", PID being that of the pidfd; then the signal is sent through it
import os, re, signal, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listener.bind(sys.argv[1])
listener.listen(1)
peer, _ = listener.accept()
payload, fds, _, _ = socket.recv_fds(peer, 256, 4)
assert len(fds) == 1
pid = re.search(r"^Pid:\s*(\d+)$", open(f"/proc/self/fdinfo/{fds[0]}").read(), re.M).group(1)
with open(sys.argv[2] + ".new", "w") as out:
    out.write(f"{payload.decode()} {pid}")
os.rename(sys.argv[2] + ".new", sys.argv[2])
if len(sys.argv) > 3:
    signal.pidfd_send_signal(fds[0], int(sys.argv[3]))
