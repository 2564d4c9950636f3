#!/usr/bin/env python3
# Compares two trees entry by entry: type, mode, owner, size, times, device, xattrs, link target, which names are links of one file, content.
# usage: treecmp.py [--ignore WHAT,…] A B     WHAT: mtime, owner, mode, xattr, links, or a path (its mtime is not compared); exit 0 the same, 1 not
import hashlib, os, stat, sys

def entries(root):
    """{relative path: lstat}, walked without following anything."""
    found, todo = {}, [b"."]
    while todo:
        path = todo.pop()
        full = os.path.join(root, path)
        st = os.lstat(full)
        found[os.path.normpath(path)] = st
        if stat.S_ISDIR(st.st_mode):
            todo += [os.path.join(path, name) for name in os.listdir(full)]
    return found

def content(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

def xattrs(path):
    return {name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)}

def groups(tree):
    """The sets of names that are one file."""
    inodes = {}
    for path, st in tree.items():
        if not stat.S_ISDIR(st.st_mode):
            inodes.setdefault((st.st_dev, st.st_ino), set()).add(path)
    return {path: frozenset(names) for names in inodes.values() for path in names}

def describe(root, path, st, names, ignore):
    full = os.path.join(root, path)
    told = {"type": stat.S_IFMT(st.st_mode)}
    if "mode" not in ignore and not stat.S_ISLNK(st.st_mode):
        told["mode"] = oct(stat.S_IMODE(st.st_mode))
    if "owner" not in ignore:
        told["owner"] = (st.st_uid, st.st_gid)
    if "mtime" not in ignore and path.decode("utf-8", "surrogateescape") not in ignore:
        told["mtime"] = st.st_mtime_ns
    if "xattr" not in ignore:
        told["xattrs"] = xattrs(full)
    if stat.S_ISREG(st.st_mode):
        told["size"] = st.st_size
        told["content"] = content(full)
    if stat.S_ISLNK(st.st_mode):
        told["target"] = os.readlink(full)
    if stat.S_ISCHR(st.st_mode) or stat.S_ISBLK(st.st_mode):
        told["device"] = (os.major(st.st_rdev), os.minor(st.st_rdev))
    if "links" not in ignore and not stat.S_ISDIR(st.st_mode):
        told["links"] = (st.st_nlink, sorted(names[path]))
    return told

def main():
    ignore, args = set(), sys.argv[1:]
    while args and args[0] == "--ignore":
        ignore |= set(args[1].split(","))
        args = args[2:]
    a, b = (os.fsencode(arg) for arg in args)
    left, right = entries(a), entries(b)
    left_names, right_names = groups(left), groups(right)
    differences = 0
    for path in sorted(left.keys() | right.keys()):
        if path not in left or path not in right:
            print(f"{os.fsdecode(path)}: only in {args[0] if path in left else args[1]}")
            differences += 1
            continue
        one = describe(a, path, left[path], left_names, ignore)
        two = describe(b, path, right[path], right_names, ignore)
        for what in one.keys() | two.keys():
            if one.get(what) != two.get(what):
                print(f"{os.fsdecode(path)}: {what}: {one.get(what)} / {two.get(what)}")
                differences += 1
    print(f"{len(left)} entries, {differences} differences")
    return 1 if differences else 0

sys.exit(main())
