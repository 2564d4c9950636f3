/* SPDX-License-Identifier: ISC */
/* Times whole commands against one another: each line of FILE is NAME and a command, separated by blanks; they take turns COUNT times, so that what else the
 * machine does hits all alike. "@" in a word becomes the number of the turn. Prints NAME BEST_us MEDIAN_us PEAK_RSS_kB a line; ends when a command
 * fails. Itself small: a child's peak RSS includes what it had before exec. With PAUSE_ms it sleeps before each command, so that what the kernel still clears away of the one before (namespaces)
 * is not paid for by the next, as on a machine with one CPU it would be. usage: measure COUNT FILE [PAUSE_ms] */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS 16
#define WORDS 32
#define TURNS 1000

static struct command {
	char *word[WORDS + 1];
	long us[TURNS];
	long rss_kb;
} commands[COMMANDS];
static char text[16384];

static int parse(void)
{
	int count = 0;
	char *line_state, *word_state;
	for (char *line = strtok_r(text, "\n", &line_state); line && count < COMMANDS; line = strtok_r(0, "\n", &line_state)) {
		int words = 0;
		for (char *word = strtok_r(line, " \t", &word_state); word && words < WORDS; word = strtok_r(0, " \t", &word_state))
			commands[count].word[words++] = word;
		count += words > 1;
	}
	return count;
}

static void child(struct command *c, int turn)
{
	static char expanded[WORDS][512];
	char *argv[WORDS + 1] = { 0 };
	for (int i = 1; c->word[i]; i++) {
		char *at = strchr(c->word[i], '@');
		argv[i - 1] = c->word[i];
		if (at) {
			snprintf(expanded[i], sizeof expanded[i], "%.*s%d%s", (int)(at - c->word[i]), c->word[i], turn, at + 1);
			argv[i - 1] = expanded[i];
		}
	}
	int null = open("/dev/null", O_RDWR);
	dup2(null, 0), dup2(null, 1);
	execvp(argv[0], argv);
	_exit(127);
}

static int one(struct command *c, int turn)
{
	struct timespec from, to;
	struct rusage usage;
	int status;
	clock_gettime(CLOCK_MONOTONIC, &from);
	pid_t pid = fork();
	if (pid == 0)
		child(c, turn);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &to);
	c->us[turn] = (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
	if (usage.ru_maxrss > c->rss_kb)
		c->rss_kb = usage.ru_maxrss;
	if (status)
		fprintf(stderr, "measure: %s: turn %d: wait status %#x\n", c->word[0], turn, status);
	return status ? -1 : 0;
}

static int by_time(const void *a, const void *b)
{
	const long *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	int turns = argc == 3 || argc == 4 ? atoi(argv[1]) : 0, pause_ms = argc == 4 ? atoi(argv[3]) : 0;
	int fd = turns ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;
	if (turns < 1 || turns > TURNS || fd < 0 || read(fd, text, sizeof text - 1) < 0)
		return fprintf(stderr, "usage: measure COUNT FILE [PAUSE_ms]\n"), 2;
	int count = parse();
	for (int turn = 0; turn < turns; turn++)
		for (int c = 0; c < count; c++) {
			usleep((unsigned)pause_ms * 1000);
			if (one(&commands[c], turn) < 0)
				return 1;
		}
	for (int c = 0; c < count; c++) {
		qsort(commands[c].us, (size_t)turns, sizeof(long), by_time);
		printf("%s %ld %ld %ld\n", commands[c].word[0], commands[c].us[0], commands[c].us[turns / 2], commands[c].rss_kb);
	}
	return 0;
}
