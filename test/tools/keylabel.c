/* SPDX-License-Identifier: ISC */
/* keylabel: the label of its session keyring, as KEYCTL_GET_SECURITY(2const) says it. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/keyctl.h>

int main(void)
{
	char label[256] = "";
	if (syscall(SYS_keyctl, KEYCTL_GET_SECURITY, KEY_SPEC_SESSION_KEYRING, label, sizeof label - 1) < 0)
		return perror("keyctl"), 1;
	puts(label);
	return 0;
}
