/* SPDX-License-Identifier: ISC */
/* freebsd (runtime-spec, config-freebsd.md, "Devices" and "Jail"). */
#include "spec/freebsd.h"
#include "spec/table.h"

static const struct field device_fields[] = {
	F(freebsd_device, path, REQUIRED),
	F(freebsd_device, mode, OPTIONAL),
};
static const struct object device_object = TABLE("freebsd.devices", "config-freebsd.md, Devices", freebsd_device, device_fields, 0);

static const struct field allow_fields[] = {
	F(freebsd_allow, setHostname,   OPTIONAL),
	F(freebsd_allow, rawSockets,    OPTIONAL),
	F(freebsd_allow, chflags,       OPTIONAL),
	F(freebsd_allow, mount,         OPTIONAL),
	F(freebsd_allow, quotas,        OPTIONAL),
	F(freebsd_allow, socketAf,      OPTIONAL),
	F(freebsd_allow, mlock,         OPTIONAL),
	F(freebsd_allow, reservedPorts, OPTIONAL),
	F(freebsd_allow, suser,         OPTIONAL),
};
static const struct object allow_object = TABLE("freebsd.jail.allow", "config-freebsd.md, Jail", freebsd_allow, allow_fields, 0);

static const struct words modes = WORDS("disable", "new", "inherit");

static const struct words modes_on = WORDS("new", "inherit");

static const struct range statfs_levels = { 0, 255 };

static const struct field jail_fields[] = {
	F(freebsd_jail, parent,         OPTIONAL),
	F(freebsd_jail, host,           OPTIONAL, .words = &modes_on),
	F(freebsd_jail, ip4,            OPTIONAL, .words = &modes),
	F(freebsd_jail, ip4Addr,        OPTIONAL),
	F(freebsd_jail, ip6,            OPTIONAL, .words = &modes),
	F(freebsd_jail, ip6Addr,        OPTIONAL),
	F(freebsd_jail, vnet,           OPTIONAL, .words = &modes_on),
	F(freebsd_jail, interface,      OPTIONAL),
	F(freebsd_jail, vnetInterfaces, OPTIONAL),
	F(freebsd_jail, sysvmsg,        OPTIONAL, .words = &modes),
	F(freebsd_jail, sysvsem,        OPTIONAL, .words = &modes),
	F(freebsd_jail, sysvshm,        OPTIONAL, .words = &modes),
	F(freebsd_jail, enforceStatfs,  OPTIONAL, .range = &statfs_levels),
	F_OBJECT(freebsd_jail, "allow", allow, OPTIONAL, freebsd_allow, allow_object),
};
static const struct object jail_object = TABLE("freebsd.jail", "config-freebsd.md, Jail", freebsd_jail, jail_fields, 0);

static const struct field freebsd_fields[] = {
	F_LIST(freebsd, "devices", devices, OPTIONAL, freebsd_device, device_object),
	F_OBJECT(freebsd, "jail", jail, OPTIONAL, freebsd_jail, jail_object),
};
const struct object freebsd_object = TABLE("freebsd", "config-freebsd.md", freebsd, freebsd_fields, 0);
