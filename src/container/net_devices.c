/* SPDX-License-Identifier: ISC */
/* linux.netDevices (runtime-spec, config-linux.md, "Network Devices") in the words of kernel/netdev.h. */
#include "container/net_devices.h"

#include <string.h>

#include "base/io.h"
#include "container/namespaces.h"
#include "kernel/netdev.h"
#include "kernel/ns.h"

#define EACH_DEVICE(c, i) for (uint32_t i = 0; (c)->config.linux_ && i < (c)->config.linux_->netDevices.count; i++)

static const char *name_inside(const struct container *c, uint32_t i)
{
	const struct net_device *d = c->config.linux_->netDevices.items[i].value;
	return d && d->name && *d->name ? d->name : c->config.linux_->netDevices.items[i].key;
}

/* Of those before i; "%d" makes different ones. */
static bool taken(const struct container *c, uint32_t i)
{
	for (uint32_t before = 0; before < i; before++)
		if (strcmp(name_inside(c, before), name_inside(c, i)) == 0 && !strchr(name_inside(c, i), '%'))
			return true;
	return false;
}

int net_devices_check(const struct container *c, struct err *e)
{
	EACH_DEVICE(c, i) {
		const char *name = c->config.linux_->netDevices.items[i].key, *inside = name_inside(c, i);
		const char *number = strchr(inside, '%');
		if (!netdev_name_valid(name))
			return err_set(e, "linux.netDevices[\"%s\"]: invalid network device name", name);
		if (!netdev_name_valid(inside) || (number && (number[1] != 'd' || strchr(number + 1, '%'))))
			return err_set(e, "linux.netDevices[\"%s\"].name: invalid network device name \"%s\"", name, inside);
		if (taken(c, i))
			return err_set(e, "linux.netDevices[\"%s\"].name: \"%s\" is another device's already", name, inside);
		if (!namespace_own(c, NS_NETWORK))
			return err_set(e, "linux.netDevices: needs a network namespace of the container's own in linux.namespaces");
	}
	return 0;
}

bool net_devices_wanted(const struct container *c)
{
	return c->config.linux_ && c->config.linux_->netDevices.count && !namespace_network_beside(c);
}

/* None moves unless all are here: with a new namespace that fails they would be gone. */
int net_devices_give(const struct container *c, int netns, struct err *e)
{
	EACH_DEVICE(c, i)
		if (netdev_check(c->config.linux_->netDevices.items[i].key, e) < 0)
			return err_at(e, "linux.netDevices[\"%s\"]", c->config.linux_->netDevices.items[i].key);
	EACH_DEVICE(c, i) {
		const char *name = c->config.linux_->netDevices.items[i].key;
		if (netdev_move(netns, name, name_inside(c, i), e) < 0)
			return err_at(e, "linux.netDevices[\"%s\"]", name);
	}
	return 0;
}

int net_devices_move(struct container *c, struct err *e)
{
	int made = c->joined[NS_NETWORK] < 0 ? ns_open_pid(c->pid, NS_NETWORK, e) : -1;
	if (made < 0 && c->joined[NS_NETWORK] < 0)
		return err_at(e, "linux.netDevices");
	int result = net_devices_give(c, made < 0 ? c->joined[NS_NETWORK] : made, e);
	io_close(made);
	return result;
}
