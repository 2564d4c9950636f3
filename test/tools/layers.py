# Layers and layouts made by hand, byte by byte, so that they may be as odd or as broken as a test wants them. Used by image-case.
import gzip, hashlib, io, json, os

TIME = 1500000000
OCI = "application/vnd.oci.image."

def octal(value, width):
    """A header's number: octal, or GNU's base-256 where that is too short or the value negative."""
    if 0 <= value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    return (value & ((1 << (8 * width)) - 1) | (0x80 << (8 * (width - 1)) if value >= 0 else 0)).to_bytes(width, "big")

def pad(data):
    return data + b"\0" * (-len(data) % 512)

def header(name, type="0", size=0, mode=0o644, uid=0, gid=0, mtime=TIME, link="", major=0, minor=0, prefix="", magic=b"ustar\00000", checksum=None, raw={}):
    """One header block. raw: {offset: bytes} put over it before the checksum is taken."""
    enc = lambda s: s if isinstance(s, bytes) else s.encode("utf-8", "surrogateescape")
    block = bytearray(512)
    def put(at, data, most):
        assert len(data) <= most, (data, most)
        block[at:at + len(data)] = data
    put(0, enc(name), 100)
    put(100, octal(mode, 8), 8)
    put(108, octal(uid, 8), 8)
    put(116, octal(gid, 8), 8)
    put(124, octal(size, 12), 12)
    put(136, octal(mtime, 12), 12)
    block[156:157] = enc(type)
    put(157, enc(link), 100)
    put(257, magic, 8)
    put(329, octal(major, 8), 8)
    put(337, octal(minor, 8), 8)
    if prefix:
        put(345, enc(prefix), 155)
    for at, data in raw.items():
        block[at:at + len(data)] = data
    block[148:156] = b" " * 8
    block[148:156] = checksum or b"%06o\0 " % sum(block)
    return bytes(block)

def record(key, value):
    """A PAX record, with its own length in front."""
    body = b" " + (key if isinstance(key, bytes) else key.encode()) + b"=" + (value if isinstance(value, bytes) else str(value).encode()) + b"\n"
    length = len(body)
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body

def pax(records, type="x"):
    text = b"".join(record(k, v) for k, v in (records.items() if isinstance(records, dict) else records))
    return header("PaxHeaders/x", type, len(text)) + pad(text)

class Layer:
    """A tar archive. data: its bytes; end: the blocks that close it."""
    def __init__(self):
        self.data = b""
        self.end = b"\0" * 1024
        self.compression = "gzip"

    def add(self, name, type="0", content=b"", pax_records=None, **more):
        content = content if isinstance(content, bytes) else content.encode()
        if pax_records:
            self.data += pax(pax_records)
        more.setdefault("mode", 0o755 if type == "5" else 0o644)
        more.setdefault("size", len(content))
        self.data += header(name, type, **more) + pad(content)
        return self

    def dir(self, name, **more):
        return self.add(name, "5", **more)

    def file(self, name, content="", **more):
        return self.add(name, "0", content, **more)

    def symlink(self, name, target, **more):
        return self.add(name, "2", link=target, mode=0o777, **more)

    def link(self, name, target, **more):
        return self.add(name, "1", link=target, **more)

    def raw(self, data):
        self.data += data
        return self

    def archive(self):
        return self.data + self.end

    def blob(self):
        if self.compression == "gzip":
            return gzip.compress(self.archive(), mtime=0)
        if self.compression == "zstd":
            import subprocess
            return subprocess.run(["zstd", "-q", "-c"], input=self.archive(), stdout=subprocess.PIPE, check=True).stdout
        return self.archive()

class Layout:
    """An image layout in a directory; edit() changes a document before it is written."""
    def __init__(self, path):
        self.path = path
        os.makedirs(f"{path}/blobs/sha256")
        self.write("oci-layout", {"imageLayoutVersion": "1.0.0"})
        self.manifests = []

    def write(self, name, document):
        with open(f"{self.path}/{name}", "wb") as file:
            file.write(document if isinstance(document, bytes) else json.dumps(document).encode())

    def blob(self, data, media_type, algorithm="sha256", **more):
        digest = hashlib.new(algorithm, data).hexdigest()
        os.makedirs(f"{self.path}/blobs/{algorithm}", exist_ok=True)
        with open(f"{self.path}/blobs/{algorithm}/{digest}", "wb") as file:
            file.write(data)
        return {"mediaType": media_type, "digest": f"{algorithm}:{digest}", "size": len(data), **more}

    def blob_path(self, descriptor):
        return f"{self.path}/blobs/" + descriptor["digest"].replace(":", "/")

    def image(self, layers, ref="latest", config={}, algorithm="sha256", platform=None, config_edit=None, manifest_edit=None, more={}):
        descriptors, diff_ids = [], []
        for one in layers:
            suffix = {"gzip": "+gzip", "zstd": "+zstd", "none": ""}[one.compression]
            descriptors.append(self.blob(one.blob(), OCI + "layer.v1.tar" + suffix, algorithm))
            diff_ids.append(algorithm + ":" + hashlib.new(algorithm, one.archive()).hexdigest())
        document = {"architecture": "amd64", "os": "linux", "config": config, "rootfs": {"type": "layers", "diff_ids": diff_ids},
                    "history": [{"created_by": "test"} for _ in layers], **more}
        if config_edit:
            config_edit(document)
        manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "layers": descriptors,
                    "config": self.blob(json.dumps(document).encode(), OCI + "config.v1+json", algorithm)}
        if manifest_edit:
            manifest_edit(manifest)
        entry = self.blob(json.dumps(manifest).encode(), OCI + "manifest.v1+json", algorithm)
        if ref:
            entry["annotations"] = {"org.opencontainers.image.ref.name": ref}
        if platform:
            entry["platform"] = platform
        self.manifests.append(entry)
        return manifest

    def finish(self):
        self.write("index.json", {"schemaVersion": 2, "manifests": self.manifests})
