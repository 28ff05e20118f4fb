// SPDX-License-Identifier: GPL-2.0-only
/* Virtual networks: how much is known of each, and which ones matter here. */
#include <stdlib.h>
#include <string.h>

#include "vnis.h"

struct vni *vnis_find(const struct vnis *vnis, uint32_t vni)
{
	struct vni *v = vnis->bucket[vni % VNI_BUCKETS];

	while (v && v->vni != vni)
		v = v->next;
	return v;
}

/* A new one, of which nothing is known, where there is none */
struct vni *vnis_need(struct vnis *vnis, uint32_t vni)
{
	struct vni *v = vnis_find(vnis, vni);

	if (v)
		return v;
	v = calloc(1, sizeof(*v));
	if (!v)
		abort();
	v->vni = vni;
	v->next = vnis->bucket[vni % VNI_BUCKETS];
	vnis->bucket[vni % VNI_BUCKETS] = v;
	return v;
}

bool vnis_here(const struct vnis *vnis, uint32_t vni)
{
	const struct vni *v;

	if (vnis->all)
		return true;
	v = vnis_find(vnis, vni);
	return v && (v->here || v->pool);
}

struct vni *vnis_next(const struct vnis *vnis, struct vnis_walk *walk)
{
	struct vni *v = walk->next;

	while (!v && walk->bucket < VNI_BUCKETS)
		v = vnis->bucket[walk->bucket++];
	walk->next = v ? v->next : NULL;
	return v;
}

void vnis_free(struct vnis *vnis)
{
	struct vnis_walk walk = { };
	struct vni *v;

	while ((v = vnis_next(vnis, &walk)))
		free(v);
	memset(vnis->bucket, 0, sizeof(vnis->bucket));
}
