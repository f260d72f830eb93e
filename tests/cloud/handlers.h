/* The handlers that routes.c names, each in the file of its noun. */
#ifndef SETPOINT_TESTS_CLOUD_HANDLERS_H
#define SETPOINT_TESTS_CLOUD_HANDLERS_H

#include "call.h"

/* identity.c */
void handle_token_v2(struct call *call);
void handle_token_v3(struct call *call);
/* versions.c */
void handle_versions(struct call *call);
void handle_extensions(struct call *call);
/* listing.c */
void handle_list(struct call *call);
void handle_list_detail(struct call *call);
void handle_show(struct call *call);
/* create.c */
void handle_create(struct call *call);
/* actions.c */
void handle_action(struct call *call);
void handle_rename(struct call *call);
void handle_delete(struct call *call);
/* The static operation name of an action's key; "unknown-action". */
const char *action_operation(const char *key);
/* metadata.c */
void handle_metadata_list(struct call *call);
void handle_metadata_show(struct call *call);
void handle_metadata_set(struct call *call);
void handle_metadata_delete(struct call *call);
void handle_metadata_merge(struct call *call);
void handle_metadata_replace(struct call *call);
/* attachments.c */
void handle_attachments(struct call *call);
void handle_attachment(struct call *call);
void handle_attach(struct call *call);
void handle_detach(struct call *call);
void handle_interfaces(struct call *call);
void handle_addresses(struct call *call);
/* flavors.c: flavors, images, zones, keypairs as Nova serves them */
void handle_flavors(struct call *call);
void handle_flavors_detail(struct call *call);
void handle_flavor(struct call *call);
void handle_flavor_extra_specs(struct call *call);
void handle_images(struct call *call);
void handle_images_detail(struct call *call);
void handle_image(struct call *call);
void handle_zones(struct call *call);
void handle_keypairs(struct call *call);
void handle_keypair(struct call *call);
void handle_keypair_create(struct call *call);
void handle_keypair_delete(struct call *call);
/* limits.c */
void handle_limits(struct call *call);
void handle_quota_set(struct call *call);
void handle_quota_set_detail(struct call *call);
void handle_instance_actions(struct call *call);
void handle_instance_action(struct call *call);
/* network.c */
void handle_compute_groups(struct call *call);
void handle_server_groups(struct call *call);
void handle_groups(struct call *call);
void handle_networks(struct call *call);
void handle_subnets(struct call *call);
void handle_ports(struct call *call);
/* A row of the catalogue under `key`, by limit and marker. */
void network_items(struct call *call, const char *key, enum cloud_item_kind kind,
                   void (*put)(struct call *call, const struct item *item));
/* floating.c */
void handle_floating_ips(struct call *call);
void handle_floating_ip(struct call *call);
void handle_floating_ip_set(struct call *call);
/* volume.c */
void handle_volumes(struct call *call);
void handle_volumes_detail(struct call *call);
void handle_volume(struct call *call);
void handle_volume_types(struct call *call);
/* glance.c */
void handle_glance_images(struct call *call);
void handle_glance_image(struct call *call);

#endif
