/* SPDX-License-Identifier: ISC */
/* Device rules: the files of v1's devices controller, a BPF_PROG_TYPE_CGROUP_DEVICE program on v2. runtime-spec, config-linux.md, "Allowed Device list";
 * the kernel's cgroup-v1/devices document; bpf(2), struct bpf_cgroup_dev_ctx. */
#include "kernel/cgroup_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/bpf.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/str.h"
#include "kernel/probe.h"

const struct cgroup_device_rule cgroup_device_defaults[CGROUP_DEVICE_DEFAULTS] = {
	{ true, 'c', -1, -1, false, false, true }, { true, 'b', -1, -1, false, false, true },
	/* by their major numbers: neighbours share its test (emit_run) */
	{ true, 'c', 1, 3, true, true, true },     /* null */
	{ true, 'c', 1, 5, true, true, true },     /* zero */
	{ true, 'c', 1, 7, true, true, true },     /* full */
	{ true, 'c', 1, 8, true, true, true },     /* random */
	{ true, 'c', 1, 9, true, true, true },     /* urandom */
	{ true, 'c', 5, 0, true, true, true },     /* tty */
	{ true, 'c', 5, 1, true, true, true },     /* console */
	{ true, 'c', 5, 2, true, true, true },     /* ptmx */
	{ true, 'c', 136, -1, true, true, true },  /* pts/N */
};

static void number_or_any(int64_t number, char text[16])
{
	if (number < 0)
		snprintf(text, 16, "*");
	else
		snprintf(text, 16, "%u", (unsigned)number);
}

static void format_rule(const struct cgroup_device_rule *r, char text[48])
{
	char major[16], minor[16];
	number_or_any(r->major, major);
	number_or_any(r->minor, minor);
	snprintf(text, 48, "%c %s:%s %s%s%s", r->type, major, minor, r->read ? "r" : "", r->write ? "w" : "", r->mknod ? "m" : "");
}

static bool is_all(const struct cgroup_device_rule *r)
{
	return r->type == 'a' && r->major < 0 && r->minor < 0 && r->read && r->write && r->mknod;
}

static bool overlaps(const struct cgroup_device_rule *a, const struct cgroup_device_rule *b)
{
	return (a->type == b->type || a->type == 'a' || b->type == 'a') && (a->major < 0 || b->major < 0 || a->major == b->major) && (a->minor < 0 || b->minor < 0 || a->minor == b->minor);
}

/* v1 keeps a list of exceptions to one default, and takes no exception from a wider exception: it would do nothing, in silence. */
static int check_holes(const struct cgroup_device_rule *rules, size_t i, struct err *e)
{
	for (size_t before = i; before-- > 0 && !is_all(&rules[before]); ) {
		const struct cgroup_device_rule *a = &rules[before], *b = &rules[i];
		if (a->allow != b->allow && overlaps(a, b) && (a->major != b->major || a->minor != b->minor) && (a->major < 0 || a->minor < 0)) {
			char wide[48], narrow[48];
			format_rule(a, wide);
			format_rule(b, narrow);
			return err_set(e, "[%zu]: cgroup v1 can't except \"%s\" from \"%s\"", i, narrow, wide);
		}
	}
	return 0;
}

static int write_rule(int fd, const struct cgroup_device_rule *r, size_t i, struct err *e)
{
	char text[48];
	format_rule(r, text);
	if (is_all(r))
		text[1] = 0;   /* "a": it takes nothing behind it into account */
	return io_write(fd, text, strlen(text)) < 0 ? err_sys(e, "[%zu]: cannot %s \"%s\"", i, r->allow ? "allow" : "deny", text) : 0;
}

static int write_rules(int allow, int deny, const struct cgroup_device_rule *rules, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		struct cgroup_device_rule one = rules[i];
		int fd = one.allow ? allow : deny;
		if (!is_all(&one) && check_holes(rules, i, e) < 0)
			return -1;
		if (one.type == 'a' && !is_all(&one)) {
			one.type = 'b';   /* for v1 an "a" is always all of everything: as two rules */
			if (write_rule(fd, &one, i, e) < 0)
				return -1;
			one.type = 'c';
		}
		if (write_rule(fd, &one, i, e) < 0)
			return -1;
	}
	return 0;
}

/* --- v1, of a living container: from one list to another, so that what both allow is allowed all the time ----------------------------------------- */
#define LIST_BYTES 16384
#define LIST_RULES 512
static LARGE char list_text[LIST_BYTES];
static LARGE struct cgroup_device_rule present[LIST_RULES], earlier[LIST_RULES];

static int64_t list_number(const char **at)
{
	int64_t value = -1;
	for (; **at >= '0' && **at <= '9'; ++*at)
		value = (value < 0 ? 0 : value) * 10 + (**at - '0');
	*at += strspn(*at, "*");
	*at += **at == ':';
	return value;
}

/* devices.list: lines "c 1:* rwm". The count, or -1: can't be read, or too long. */
static int read_list(const char *directory, struct cgroup_device_rule *rules)
{
	char path[LIMIT_PATH_BYTES];
	struct err unused;
	int count = 0;
	if (str_format(path, sizeof path, &unused, "%s/devices.list", directory) < 0 || io_read_file(AT_FDCWD, path, list_text, sizeof list_text, &unused) < 0)
		return -1;
	for (const char *at = list_text; at[0] && at[1]; at += strcspn(at, "\n"), at += *at != 0) {
		if (count == LIST_RULES)
			return -1;
		struct cgroup_device_rule *r = &rules[count++];
		*r = (struct cgroup_device_rule){ .allow = true, .type = *at };
		at += 2;
		r->major = list_number(&at);
		r->minor = list_number(&at);
		size_t line = strcspn(at, "\n");
		r->read = memchr(at, 'r', line);
		r->write = memchr(at, 'w', line);
		r->mknod = memchr(at, 'm', line);
	}
	return count;
}

/* All denied but for what the others allow: what v1's list can say as it is. */
static bool is_whitelist(const struct cgroup_device_rule *rules, size_t count)
{
	if (!count || rules[0].allow || !is_all(&rules[0]))
		return false;
	for (size_t i = 1; i < count; i++)
		if (!rules[i].allow || is_all(&rules[i]))
			return false;
	return true;
}

/* Takes off r the access that rules allow to just these devices. Whether any is left. */
static bool take_off(struct cgroup_device_rule *r, const struct cgroup_device_rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct cgroup_device_rule *o = &rules[i];
		if (!o->allow || (o->type != r->type && o->type != 'a') || o->major != r->major || o->minor != r->minor)
			continue;
		r->read = r->read && !o->read;
		r->write = r->write && !o->write;
		r->mknod = r->mknod && !o->mknod;
	}
	return r->read || r->write || r->mknod;
}

static int change_list(const char *directory, int allow, int deny, const struct cgroup_device_rule *rules, size_t count, struct err *e)
{
	int had = read_list(directory, present);
	for (int i = 0; i < had; i++) {
		struct cgroup_device_rule one = present[i];
		if (take_off(&one, rules, count) && write_rule(deny, &one, (size_t)i, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < count; i++) {
		const char *types = rules[i].type == 'a' ? "bc" : (char[2]){ rules[i].type, 0 };
		for (; rules[i].allow && *types; types++) {
			struct cgroup_device_rule one = rules[i];
			one.type = *types;
			if (take_off(&one, present, had < 0 ? 0 : (size_t)had) && write_rule(allow, &one, i, e) < 0)
				return -1;
		}
	}
	return 0;
}

static int update_rules(const char *directory, int allow, int deny, const struct cgroup_device_rule *rules, size_t count, struct err *e)
{
	struct err unused;
	int had = read_list(directory, earlier);
	if (had < 0 || (had && earlier[0].type == 'a') || !is_whitelist(rules, count))
		return write_rules(allow, deny, rules, count, e);
	int result = change_list(directory, allow, deny, rules, count, e);
	if (result < 0)
		change_list(directory, allow, deny, earlier, (size_t)had, &unused);
	return result;
}

int cgroup_v1_devices(const char *directory, const struct cgroup_device_rule *rules, size_t count, struct err *e)
{
	char path[LIMIT_PATH_BYTES];
	int allow = cgroup_open(directory, "devices.allow", O_WRONLY, path), deny = allow < 0 ? -1 : cgroup_open(directory, "devices.deny", O_WRONLY, path), result;
	if (deny < 0)
		result = err_sys(e, "cannot open %s/devices.%s", directory, allow < 0 ? "allow" : "deny");
	else if (cgroup_updating())
		result = update_rules(directory, allow, deny, rules, count, e);
	else
		result = write_rules(allow, deny, rules, count, e);
	io_close(allow);
	io_close(deny);
	return result;
}

/* The program: r3 holds the bits of access that are still to be decided. From the last rule to the first, each that fits the device takes its bits off (allow) or
 * ends it with 0 (deny, if it concerns one of them): so for each bit the last rule that names it decides. What no rule names is denied. */
#define RULE_INSTRUCTIONS 9
#define PROGRAM_MAX 4096          /* what every kernel takes */
struct program { size_t length; struct bpf_insn code[PROGRAM_MAX]; };
static LARGE struct program program;

enum { R0, R1, R2, R3, R4, R5, R6 };

static void emit(uint8_t code, unsigned to, unsigned from, int16_t offset, int32_t value)
{
	program.code[program.length++] = (struct bpf_insn){ .code = code, .dst_reg = to & 15, .src_reg = from & 15, .off = offset, .imm = value };
}

static void emit_return(int32_t value)
{
	emit(BPF_ALU64 | BPF_MOV | BPF_K, R0, 0, 0, value);
	emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Jumps over the rest of the rule; where to is known at its end. */
static void emit_unless(unsigned reg, int32_t value)
{
	emit(BPF_JMP | BPF_JNE | BPF_K, reg, 0, 0, value);
}

static void emit_rule(const struct cgroup_device_rule *r)
{
	int32_t access = (r->read ? BPF_DEVCG_ACC_READ : 0) | (r->write ? BPF_DEVCG_ACC_WRITE : 0) | (r->mknod ? BPF_DEVCG_ACC_MKNOD : 0);
	size_t start = program.length;
	if (r->type != 'a')
		emit_unless(R2, r->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (r->major >= 0)
		emit_unless(R4, (int32_t)r->major);
	if (r->minor >= 0)
		emit_unless(R5, (int32_t)r->minor);
	size_t tests = program.length - start;
	if (r->allow) {
		emit(BPF_ALU64 | BPF_AND | BPF_K, R3, 0, 0, ~access);
		emit(BPF_JMP | BPF_JNE | BPF_K, R3, 0, 2, 0);
		emit_return(1);
	} else {
		emit(BPF_ALU64 | BPF_MOV | BPF_X, R1, R3, 0, 0);
		emit(BPF_ALU64 | BPF_AND | BPF_K, R1, 0, 0, access);
		emit(BPF_JMP | BPF_JEQ | BPF_K, R1, 0, 2, 0);
		emit_return(0);
	}
	for (size_t i = start; i < start + tests; i++)
		program.code[i].off = (int16_t)(program.length - i - 1);
}

/* Rules that allow all access to devices of one type, as most do, in a row: one test of the type, one of the major number for neighbours that share it, one
 * of the minor number each. Code apart for each rule would be 0.4 ms of the verifier's time for the default ones: it follows every way through. */
#define TO_ALLOW INT16_MIN   /* an offset that is filled in at the end of the run */

static bool joins_run(const struct cgroup_device_rule *r, const struct cgroup_device_rule *first)
{
	return r->allow && r->read && r->write && r->mknod && r->type == first->type && r->type != 'a' && (r->major >= 0 || r->minor >= 0);
}

static void emit_in_run(const struct cgroup_device_rule *r, const struct cgroup_device_rule *before, size_t *major_test)
{
	bool same = before && before->major == r->major && before->major >= 0 && before->minor >= 0 && r->minor >= 0;
	if (!same && *major_test) {
		program.code[*major_test].off = (int16_t)(program.length - *major_test - 1);
		*major_test = 0;
	}
	if (!same && r->major >= 0 && r->minor >= 0) {
		*major_test = program.length;
		emit_unless(R4, (int32_t)r->major);
	}
	emit(BPF_JMP | BPF_JEQ | BPF_K, r->minor >= 0 ? R5 : R4, 0, TO_ALLOW, (int32_t)(r->minor >= 0 ? r->minor : r->major));
}

/* From rules[i] down; returns how many were taken. */
static size_t emit_run(const struct cgroup_device_rule *rules, size_t i)
{
	size_t taken = 0, start = program.length, major_test = 0;
	emit_unless(R2, rules[i].type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	for (; taken <= i && joins_run(&rules[i - taken], &rules[i]) && program.length + RULE_INSTRUCTIONS + 4 < PROGRAM_MAX; taken++)
		emit_in_run(&rules[i - taken], taken ? &rules[i - taken + 1] : 0, &major_test);
	if (major_test)
		program.code[major_test].off = (int16_t)(program.length - major_test - 1);
	emit(BPF_JMP | BPF_JA, 0, 0, 2, 0);
	size_t allow = program.length;
	emit_return(1);
	for (size_t k = start; k < allow; k++)
		if (program.code[k].off == TO_ALLOW)
			program.code[k].off = (int16_t)(allow - k - 1);
	program.code[start].off = (int16_t)(program.length - start - 1);
	return taken;
}

/* Neighbours that say the same of both types, as the first of the default ones do, are one rule. */
static bool is_pair(const struct cgroup_device_rule *a, const struct cgroup_device_rule *b)
{
	return a->type != b->type && a->type != 'a' && b->type != 'a' && a->allow == b->allow && a->major == b->major && a->minor == b->minor && a->read == b->read
	       && a->write == b->write && a->mknod == b->mknod;
}

static int build(const struct cgroup_device_rule *rules, size_t count, struct err *e)
{
	program.length = 0;
	emit(BPF_LDX | BPF_MEM | BPF_W, R2, R1, 0, 0);       /* access_type: the device's type below, the access above */
	emit(BPF_ALU64 | BPF_MOV | BPF_X, R3, R2, 0, 0);
	emit(BPF_ALU64 | BPF_AND | BPF_K, R2, 0, 0, 0xffff);
	emit(BPF_ALU64 | BPF_RSH | BPF_K, R3, 0, 0, 16);
	emit(BPF_LDX | BPF_MEM | BPF_W, R4, R1, 4, 0);       /* major, minor */
	emit(BPF_LDX | BPF_MEM | BPF_W, R5, R1, 8, 0);
	for (size_t i = count; i-- > 0; ) {
		if (program.length + 2 * RULE_INSTRUCTIONS > PROGRAM_MAX)
			return err_set(e, "more rules than a BPF program of %d instructions takes", PROGRAM_MAX);
		if (is_all(&rules[i])) {   /* decides all: what was said before does not matter */
			emit_return(rules[i].allow);
			return 0;
		}
		struct cgroup_device_rule one = rules[i];
		if (joins_run(&one, &one)) {
			i -= emit_run(rules, i) - 1;
			continue;
		}
		if (i && is_pair(&one, &rules[i - 1])) {
			one.type = 'a';
			i--;
		}
		emit_rule(&one);
	}
	emit_return(0);
	return 0;
}

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof *attr);
}

static int load(struct err *e)
{
	union bpf_attr attr;
	memset(&attr, 0, sizeof attr);
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)program.code;
	attr.insn_cnt = (uint32_t)program.length;
	attr.license = (uintptr_t)"ISC";
	int fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd >= 0)
		return fd;
	if (errno == EINVAL || errno == ENOSYS)
		return err_sys(e, "no %s here (%s)", probe_name(FACILITY_CGROUP_BPF), probe_option(FACILITY_CGROUP_BPF));
	return err_sys(e, "cannot load the BPF program");
}

/* A descriptor of the program of ours that is attached already (update); -1: none, or with errno where it can't be known. Linux before 4.15 can't be asked. */
static int find_attached(int directory)
{
	union bpf_attr attr;
	uint32_t ids[4] = { 0 };
	memset(&attr, 0, sizeof attr);
	attr.query.target_fd = (uint32_t)directory;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = 4;
	int result = bpf(BPF_PROG_QUERY, &attr);
	if ((result < 0 && errno == EINVAL) || (result == 0 && attr.query.prog_cnt != 1))
		return errno = 0, -1;
	if (result < 0)
		return -1;
	memset(&attr, 0, sizeof attr);
	attr.prog_id = ids[0];
	return bpf(BPF_PROG_GET_FD_BY_ID, &attr);
}

/* Attaches fd's program to the directory, or detaches it. */
static int change(int command, int directory, int fd)
{
	union bpf_attr attr;
	memset(&attr, 0, sizeof attr);
	attr.target_fd = (uint32_t)directory;
	attr.attach_bpf_fd = (uint32_t)fd;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = command == BPF_PROG_ATTACH ? BPF_F_ALLOW_MULTI : 0;
	return bpf(command, &attr);
}

/* Several programs can be attached, and all must allow: the new one is there before the old one goes, and goes itself where that one stays. */
static int attach(int directory, int fd, bool new, struct err *e)
{
	int old = new ? -1 : find_attached(directory), result = 0;
	if ((old < 0 && !new && errno) || change(BPF_PROG_ATTACH, directory, fd) < 0) {
		result = err_sys(e, "cannot attach the BPF program to the cgroup");
	} else if (old >= 0 && change(BPF_PROG_DETACH, directory, old) < 0) {
		result = err_sys(e, "cannot detach the BPF program of before");
		change(BPF_PROG_DETACH, directory, fd);
	}
	io_close(old);
	return result;
}

bool cgroup_bpf_works(void)
{
	struct err e;
	int fd = build(0, 0, &e) < 0 ? -1 : load(&e);
	io_close(fd);
	return fd >= 0;
}

int cgroup_v2_devices(const char *directory, int new_fd, const struct cgroup_device_rule *rules, size_t count, struct err *e)
{
	int fd = build(rules, count, e) < 0 ? -1 : load(e);
	if (fd < 0)
		return -1;
	int dir_fd = new_fd > 0 ? new_fd : openat(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = dir_fd < 0 ? err_sys(e, "cannot open cgroup %s", directory) : attach(dir_fd, fd, new_fd > 0, e);
	if (dir_fd != new_fd)
		io_close(dir_fd);
	io_close_later(fd);
	return result;
}
