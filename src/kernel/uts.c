/* SPDX-License-Identifier: ISC */
/* Host name and NIS domain name. sethostname(2), setdomainname(2). */
#include "kernel/uts.h"

#include <string.h>
#include <unistd.h>

int uts_set(const char *hostname, const char *domainname, struct err *e)
{
	if (hostname && sethostname(hostname, strlen(hostname)) < 0)
		return err_sys(e, "cannot set hostname \"%s\"", hostname);
	if (domainname && setdomainname(domainname, strlen(domainname)) < 0)
		return err_sys(e, "cannot set domainname \"%s\"", domainname);
	return 0;
}
