/* SPDX-License-Identifier: ISC */
/* The plan that a config makes, and the conversation of its two sides. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container/container.h"
#include "container/wire.h"
#include "tap.h"

DOCUMENT_REGIONS(regions, 16384, 1024, 65536);
static struct document document;
static struct container container;

/* A config of which the reader sees what matters: namespaces and whatever else is given. */
static struct container *with(const char *namespaces, const char *more)
{
	static const struct container_options options = { .root = "/nowhere" };
	struct err e;
	DOCUMENT_INIT(&document, "config.json", regions);
	container_open(&container, "unit", &options, &document, &e);
	int length = snprintf(document.text, document.text_size,
		"{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},\"process\":{\"cwd\":\"/\",\"args\":[\"a\"]},"
		"\"linux\":{\"namespaces\":[%s]}%s}", namespaces, more);
	if (document_parse(&document, (size_t)length, &e) < 0 || document_decode_first(&document, &config_object, &container.config, &e) < 0)
		printf("# %s\n", e.text);
	plan_make(&container, create_steps, create_step_count);
	return &container;
}

static int at(const struct container *c, const char *name)
{
	for (size_t i = 0; i < c->plan.count; i++)
		if (strcmp(c->plan.steps[i]->name, name) == 0)
			return (int)i;
	return -1;
}

#define ALL "{\"type\":\"pid\"},{\"type\":\"network\"},{\"type\":\"mount\"},{\"type\":\"ipc\"},{\"type\":\"uts\"}"

static void linux_plans(void)
{
	struct container *c = with(ALL, "");
	ok(at(c, "labels") < 0 && at(c, "resctrl") < 0 && at(c, "agent") < 0 && at(c, "network devices") < 0, "nothing that the config does not ask for");
	c = with(ALL "],\"intelRdt\":{},\"netDevices\":{\"a\":{}},\"namespaces2\":[", "");
	ok(at(c, "resctrl") > 0 && at(c, "resctrl") < at(c, "init"), "a resctrl group is made before init");
	ok(at(c, "enter resctrl") > at(c, "init") && at(c, "enter resctrl") < at(c, "release"), "which is in it before its program");
	is_int(at(c, "network devices"), -1, "with the network made beside init, devices move there");
	c = with(ALL ",{\"type\":\"user\"}],\"netDevices\":{\"a\":{}},\"namespaces2\":[", "");
	ok(at(c, "network devices") > at(c, "init") && at(c, "network devices") < at(c, "rootfs"), "else before init's own steps");
	c = with(ALL "],\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],\"action\":\"SCMP_ACT_NOTIFY\"}]},\"namespaces2\":[", "");
	is_int(at(c, "agent"), -1, "create leaves the agent to start");
	c->options.run = true;
	plan_make(c, create_steps, create_step_count);
	ok(at(c, "agent") > at(c, "init") && at(c, "agent") < at(c, "release"), "run connects to it before init may go on");
}

static void plans(void)
{
	struct container *c = with(ALL, "");
	is_int(at(c, "record"), 1, "the record is the first thing that is done");
	ok(at(c, "init") > at(c, "record") && at(c, "created") > at(c, "executable"), "init behind it, created behind what can fail");
	ok(at(c, "wait") == at(c, "created") + 1, "create waits for start then");
	is_int(at(c, "exec"), (int)c->plan.count - 1, "exec is the last");
	is_int(at(c, "maps"), -1, "no maps without a user namespace");
	is_int(at(c, "terminal"), -1, "no terminal");
	is_int(at(c, "filter"), -1, "no filter");
	is_int(at(c, "prestart"), -1, "no hooks");
	is_int(at(c, "loopback"), -1, "the network is made beside init");
	ok(at(c, "network") > 0, "…by a step of its own");
	c = with(ALL ",{\"type\":\"user\"}", "");
	ok(at(c, "maps") == at(c, "init") + 1, "maps come right behind init");
	ok(at(c, "loopback") > 0 && at(c, "network") == -1, "with a user namespace the network namespace is cloned with it");
	c = with(ALL, ",\"hooks\":{\"prestart\":[{\"path\":\"/h\"}],\"createContainer\":[{\"path\":\"/h\"}],\"startContainer\":[{\"path\":\"/h\"}]}");
	ok(at(c, "prestart") > at(c, "mounts") || at(c, "mounts") == -1, "prestart behind the mounts");
	ok(at(c, "prestart") < at(c, "createContainer") && at(c, "createContainer") < at(c, "pivot"), "createContainer before pivot");
	ok(at(c, "startContainer") > at(c, "wait"), "startContainer behind start");
	ok(at(c, "bounding set") > at(c, "createContainer"), "a hook of init's keeps its capabilities");
	c = with(ALL, ",\"mounts\":[{\"destination\":\"/dev\",\"type\":\"tmpfs\"},{\"destination\":\"/sys\",\"type\":\"sysfs\"}]");
	ok(at(c, "mounts") < at(c, "take network") && at(c, "take network") < at(c, "later mounts") && at(c, "devices") < at(c, "take network"), "sysfs waits for the network, devices do not");
	c = with(ALL, ",\"mounts\":[{\"destination\":\"/sys\",\"type\":\"sysfs\"},{\"destination\":\"/dev\",\"type\":\"tmpfs\"}]");
	ok(at(c, "devices") > at(c, "later mounts"), "devices wait for a later mount of /dev");
	c = with(ALL, ",\"mounts\":[{\"destination\":\"/sys\",\"type\":\"sysfs\"},{\"destination\":\"/devices\",\"type\":\"tmpfs\"}]");
	ok(at(c, "devices") < at(c, "later mounts"), "/devices is not in /dev");
	c = with(ALL, ",\"mounts\":[{\"destination\":\"/sys\",\"type\":\"sysfs\"},{\"destination\":\"dev//./pts/\",\"type\":\"devpts\"}]");
	ok(at(c, "devices") > at(c, "later mounts"), "dev//./pts/ is in /dev");
	c = with(ALL, ",\"mounts\":[{\"destination\":\"/sys\",\"type\":\"sysfs\"},{\"destination\":\"/\",\"type\":\"tmpfs\"}]");
	ok(at(c, "devices") > at(c, "later mounts"), "everything is in /");
	c = with("{\"type\":\"network\",\"path\":\"/n\"},{\"type\":\"mount\"}", "");
	ok(at(c, "join") > 0 && at(c, "network") == -1, "a joined network is joined by init");
	c = with("{\"type\":\"pid\",\"path\":\"/n\"},{\"type\":\"mount\"}", "");
	is_int(at(c, "join"), -1, "with a joined pid namespace it is the joiner that joins");
}

static void wire(void)
{
	struct err e, sent = { .number = ENOSPC };
	struct message m;
	int ends[2], pipes[2];
	char byte = 0;
	is_int(wire_pair(ends, &e), 0, "a pair");
	is_int(wire_send(ends[0], MESSAGE_TURN, 7, -1), 0, "a message is sent");
	ok(wire_receive(ends[1], &m) == 1 && m.type == MESSAGE_TURN && m.value == 7 && m.fd == -1, "and received");
	memset(sent.text, 'x', sizeof sent.text - 1);
	is_int(wire_send_error(ends[0], &sent), 0, "the longest error is sent");
	ok(wire_receive(ends[1], &m) == 1 && m.type == MESSAGE_ERROR && m.error.number == ENOSPC && strcmp(m.error.text, sent.text) == 0, "and received whole");
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return;
	is_int(wire_send(ends[1], MESSAGE_TERMINAL, 0, pipes[1]), 0, "a file is sent");
	ok(wire_receive(ends[0], &m) == 1 && m.fd >= 0 && (fcntl(m.fd, F_GETFD) & FD_CLOEXEC), "and received, close-on-exec");
	ok(write(m.fd, "y", 1) == 1 && read(pipes[0], &byte, 1) == 1 && byte == 'y', "it is that file");
	close(m.fd);
	close(pipes[0]);
	close(pipes[1]);
	wire_send(ends[0], MESSAGE_TURN, 0, -1);
	sent.text[5] = 0;
	wire_send_error(ends[1], &sent);
	close(ends[1]);   /* with a message unread: the error it sent must not get lost behind ECONNRESET */
	ok(wire_receive(ends[0], &m) == 1 && m.type == MESSAGE_ERROR && strcmp(m.error.text, "xxxxx") == 0, "the last words of a dead side are heard");
	is_int(wire_receive(ends[0], &m), 0, "then comes the end");
	ok(wire_send(ends[0], MESSAGE_TURN, 0, -1) == -1 && errno == EPIPE, "and nobody to talk to, without a signal");
	close(ends[0]);
}

int main(void)
{
	plans();
	linux_plans();
	wire();
	return done_testing();
}
