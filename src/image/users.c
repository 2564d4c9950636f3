/* SPDX-License-Identifier: ISC */
/* An image's User (passwd(5), group(5)). */
#include "image/users.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/io.h"
#include "base/path.h"
#include "base/str.h"

static LARGE char text[LIMIT_PASSWD_BYTES + 1];   /* of the one file that is being read */

/* A missing file is an empty one. 0 or -1. */
static int read_file(int rootfd, const char *path, struct err *e)
{
	struct stat st;
	text[0] = 0;
	int fd = path_open(rootfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(e, "cannot open /%s in the image", path);
	ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? io_read(fd, text, sizeof text) : 0;
	int saved = errno;
	io_close(fd);
	if (n < 0)
		return err_num(e, saved, "cannot read /%s in the image", path);
	if ((size_t)n == sizeof text)
		return ERR_LIMIT(e, "bytes of the image's user database", LIMIT_PASSWD_BYTES);
	text[n] = 0;
	return 0;
}

/* Takes the line at *at, cut at its colons into at most count fields; the others are "". false at the end. */
static bool next_line(char **at, char *field[], int count)
{
	char *line = *at;
	if (!*line)
		return false;
	size_t length = strcspn(line, "\n");
	*at = line + length + (line[length] == '\n');
	line[length] = 0;
	for (int i = 0; i < count; i++) {
		field[i] = line;
		line += strcspn(line, ":");
		if (*line)
			*line++ = 0;
	}
	return true;
}

static bool number(const char *digits, uint32_t *id)
{
	uint64_t n;
	if (str_u64(digits, &n) < 0 || n >= UINT32_MAX)
		return false;
	*id = (uint32_t)n;
	return true;
}

/* By name, or by number: then its line tells the group, and its name the additional groups. */
static int find_user(int rootfd, const char *wanted, struct image_user *user, char name[256], struct err *e)
{
	char *at = text, *field[4];
	uint32_t uid, gid, id = 0;
	bool numeric = number(wanted, &id);
	if (read_file(rootfd, "etc/passwd", e) < 0)
		return -1;
	while (next_line(&at, field, 4)) {
		if (!number(field[2], &uid) || !number(field[3], &gid) || strlen(field[0]) >= 256)
			continue;
		if (strcmp(field[0], wanted) != 0 && !(numeric && uid == id))
			continue;
		user->uid = uid;
		user->gid = gid;
		strcpy(name, field[0]);
		return 0;
	}
	if (!numeric && *wanted)
		return err_set(e, "User \"%.100s\": not in the image's /etc/passwd", wanted);
	user->uid = id;
	user->gid = 0;
	name[0] = 0;
	return 0;
}

static bool is_member(const char *members, const char *name)
{
	size_t length = strlen(name);
	while (*members) {
		size_t n = strcspn(members, ",");
		if (n == length && memcmp(members, name, n) == 0)
			return true;
		members += n + (members[n] == ',');
	}
	return false;
}

/* The named group, or, where none is named, those that name is a member of. */
static int find_groups(int rootfd, const char *wanted, const char *name, struct image_user *user, struct err *e)
{
	char *at = text, *field[4];
	uint32_t gid, id = 0;
	bool numeric = wanted && number(wanted, &id);
	if (read_file(rootfd, "etc/group", e) < 0)
		return -1;
	while (next_line(&at, field, 4)) {
		if (!number(field[2], &gid))
			continue;
		if (wanted && (strcmp(field[0], wanted) == 0 || (numeric && gid == id))) {
			user->gid = gid;
			return 0;
		}
		if (wanted || !*name || !is_member(field[3], name))
			continue;
		if (user->group_count == LIMIT_GROUPS)
			return ERR_LIMIT(e, "additional groups", LIMIT_GROUPS);
		user->groups[user->group_count++] = gid;
	}
	if (wanted && !numeric)
		return err_set(e, "User: group \"%.100s\" is not in the image's /etc/group", wanted);
	if (wanted)
		user->gid = id;
	return 0;
}

int users_find(int rootfd, const char *spec, struct image_user *user, struct err *e)
{
	char wanted[256], name[256];
	const char *colon = strchr(spec, ':'), *group = colon && colon[1] ? colon + 1 : 0;
	size_t length = colon ? (size_t)(colon - spec) : strlen(spec);
	if (length >= sizeof wanted)
		return err_num(e, ENAMETOOLONG, "User");
	memcpy(wanted, spec, length);
	wanted[length] = 0;
	user->group_count = 0;
	if (find_user(rootfd, *wanted ? wanted : "0", user, name, e) < 0)
		return -1;
	return find_groups(rootfd, group, name, user, e);
}
