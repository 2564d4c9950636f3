/* SPDX-License-Identifier: ISC */
/* What the command lines of image unpack and image bundle have in common. */
#include "cmd/cmd.h"

#include "base/str.h"
#include "image/image.h"

int cmd_image_request(struct image_request *r, const struct image_texts *t, int argc, char **argv, struct err *e)
{
	if (argc < 2 && !r->store)
		return err_set(e, "missing arguments: SRC, or --store");
	r->source = argc > 1 ? argv[0] : 0;
	r->destination = argv[argc - 1];
	r->refs = t->refs.items;
	r->ref_count = t->refs.count;
	r->uid_maps = t->uid_maps.items;
	r->uid_map_count = t->uid_maps.count;
	r->gid_maps = t->gid_maps.items;
	r->gid_map_count = t->gid_maps.count;
	/* the programs that these stand in for say nothing */
	if (!r->progress && str_starts(globals.program, "oci-"))
		r->progress = "none";
	return image_type(t->type, e);
}
