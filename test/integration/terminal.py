# A terminal for tests: runs a command on a pty of 33 x 101, feeds it INPUT, changes the size to RESIZE once it says "ready", prints what it prints.
# terminal.py --receive SOCKET: takes one pty master from a console socket and prints what comes out of it.
import array, fcntl, os, pty, socket, struct, sys, termios, time

def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

def read(fd):
    try:
        return os.read(fd, 4096)
    except OSError:
        return b""

def copy(fd, at_ready=None):
    seen = b""
    while True:
        data = read(fd)
        if not data:
            return
        seen += data
        os.write(1, data)
        if at_ready and b"ready" in seen:
            at_ready()
            at_ready = None

def receive(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    connection, _ = listener.accept()
    payload, ancillary, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(4))
    assert payload, "an empty payload"
    (level, kind, data), = ancillary
    assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
    copy(array.array("i", data)[0])

def run(command):
    pid, master = pty.fork()
    if pid == 0:
        time.sleep(0.05)   # until the size is set
        os.execvp(command[0], command)
    size(master, 33, 101)
    os.write(master, os.environ.get("INPUT", "").encode())
    resize = os.environ.get("RESIZE")
    copy(master, (lambda: size(master, *map(int, resize.split()))) if resize else None)
    status = os.waitpid(pid, 0)[1]
    sys.exit(os.waitstatus_to_exitcode(status) if not os.WIFSIGNALED(status) else 128 + os.WTERMSIG(status))

receive(sys.argv[2]) if sys.argv[1] == "--receive" else run(sys.argv[1:])
