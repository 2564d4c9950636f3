/* SPDX-License-Identifier: ISC */
/* spec: the documents of an image. */
#include "spec/image.h"
#include "documents.h"

#define DIGEST "'sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b'"
#define DESCRIPTOR "{'mediaType':'application/vnd.oci.image.config.v1+json','digest':" DIGEST ",'size':7023}"

static struct descriptor descriptor;
static struct image_index image_index;
static struct image_manifest manifest;
static struct image_config config;
static struct image_layout layout;

static void one(const char *members, const char *want)
{
	char text[1024];

	snprintf(text, sizeof text, "{%s}", members);
	is_str(decode(&descriptor_object, &descriptor, text), want, "descriptor: %.150s", members);
}

static void digest(const char *digest, const char *want)
{
	char text[1024];

	snprintf(text, sizeof text, "'mediaType':'a/b','size':0,'digest':'%s'", digest);
	one(text, want);
}

#define HEX64 "6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b"
#define HEX32 "0123456789abcdef0123456789abcdef"

static void descriptors(void)
{
	is_str(decode(&descriptor_object, &descriptor, DESCRIPTOR), "ok", "a descriptor");
	ok(descriptor.size == 7023 && strncmp(descriptor.digest, "sha256:6c3c", 11) == 0 && descriptor.platform == 0, "its members");
	one("'digest':" DIGEST ",'size':1", "F: mediaType: missing");
	one("'mediaType':'a/b','size':1", "F: digest: missing");
	one("'mediaType':'a/b','digest':" DIGEST, "F: size: missing");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':-1", "F: size: -1 is out of range (0 to 9223372036854775807)");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':9223372036854775807", "ok");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':'1'", "F: size: expected an integer, found a string");
	one("'mediaType':'','digest':" DIGEST ",'size':1", "F: mediaType: \"\" is not a media type");
	one("'mediaType':'a','digest':" DIGEST ",'size':1", "F: mediaType: \"a\" is not a media type");
	one("'mediaType':'a/b/c','digest':" DIGEST ",'size':1", "F: mediaType: \"a/b/c\" is not a media type");
	one("'mediaType':'a/b;q=1','digest':" DIGEST ",'size':1", "F: mediaType: \"a/b;q=1\" is not a media type");
	one("'mediaType':'/b','digest':" DIGEST ",'size':1", "F: mediaType: \"/b\" is not a media type");
	one("'mediaType':'a/.b','digest':" DIGEST ",'size':1", "F: mediaType: \"a/.b\" is not a media type");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':1,'data':'e30='", "ok");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':1,'data':'e30'", "F: data: is not base64");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':1,'data':'e=30'", "F: data: is not base64");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':1,'data':'e-=='", "F: data: is not base64");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':1,'platform':{'os':'linux'}", "F: platform.architecture: missing");
	one("'mediaType':'a/b','digest':" DIGEST ",'size':1,'platform':{'os':'linux','architecture':'arm','variant':'v7','os.version':'1','os.features':['x']},"
	    "'urls':['https://example.org'],'annotations':{'a':'b'},'artifactType':'a/b'", "ok");
	ok(strcmp(descriptor.platform->variant, "v7") == 0 && strcmp(descriptor.platform->os_version, "1") == 0 && descriptor.platform->os_features.count == 1
	   && descriptor.urls.count == 1 && descriptor.annotations.count == 1, "all its members");
	digest("sha256:" HEX64, "ok");
	digest("sha512:" HEX64 HEX64, "ok");
	digest("sha384:" HEX64 HEX32, "ok");
	digest("blake3:" HEX64, "ok");
	digest("multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8", "ok");
	digest("sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564=", "ok");
	digest("sha256:", "F: digest: \"sha256:\" is not ALGORITHM:ENCODED");
	digest("sha256", "F: digest: \"sha256\" is not ALGORITHM:ENCODED");
	digest("", "F: digest: \"\" is not ALGORITHM:ENCODED");
	digest(":" HEX32, "F: digest: \":" HEX32 "\" is not ALGORITHM:ENCODED");
	digest("SHA256:" HEX32, "F: digest: \"SHA256:" HEX32 "\" is not ALGORITHM:ENCODED");
	digest("a+:00", "F: digest: \"a+:00\" is not ALGORITHM:ENCODED");
	digest("a++b:00", "F: digest: \"a++b:00\" is not ALGORITHM:ENCODED");
	digest("a:b:c", "F: digest: \"a:b:c\" is not ALGORITHM:ENCODED");
	digest("a:../x", "F: digest: \"a:../x\" is not ALGORITHM:ENCODED");
	digest("sha256:" HEX32, "F: digest: a sha256 digest has 64 lower-case hexadecimal digits: \"sha256:" HEX32 "\"");
	digest("sha256:6C3C624B58DBBCD3C0DD82B4C53F04194D1247C6EEBDAAB7C610CF7D66709B3B",
	       "F: digest: a sha256 digest has 64 lower-case hexadecimal digits: \"sha256:6C3C624B58DBBCD3C0DD82B4C53F04194D1247C6EEBDAAB7C610CF7D66709B3B\"");
	digest("sha512:" HEX64, "F: digest: a sha512 digest has 128 lower-case hexadecimal digits: \"sha512:" HEX64 "\"");
	digest("sha256:" HEX64 "0", "F: digest: a sha256 digest has 64 lower-case hexadecimal digits: \"sha256:" HEX64 "0\"");
}

static void index_and_manifest(const struct object *table, void *object, const char *text, const char *want)
{
	is_str(decode(table, object, text), want, "%s: %.150s", table->name, text);
}

static void indexes(void)
{
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':2,'manifests':[" DESCRIPTOR "," DESCRIPTOR "]}", "ok");
	is_int(image_index.manifests.count, 2, "its manifests");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':2,'manifests':[]}", "ok");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','artifactType':'a/b',"
	                   "'manifests':[],'subject':" DESCRIPTOR ",'annotations':{'a':'b'}}", "ok");
	ok(image_index.subject != 0 && image_index.annotations.count == 1, "all its members");
	index_and_manifest(&image_index_object, &image_index, "{'manifests':[]}", "F: schemaVersion: missing");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':1,'manifests':[]}", "F: schemaVersion: 1 is not supported: only 2 is");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':'2','manifests':[]}", "F: schemaVersion: expected an integer, found a string");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':2}", "F: manifests: missing");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':2,'manifests':null}", "F: manifests: missing");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','manifests':[]}",
	                   "F: mediaType: unknown value \"application/vnd.oci.image.manifest.v1+json\"");
	index_and_manifest(&image_index_object, &image_index, "{'schemaVersion':2,'manifests':[" DESCRIPTOR ",{'size':1}]}", "F: manifests[1].mediaType: missing");
}

static void manifests(void)
{
	char text[8192];

	index_and_manifest(&image_manifest_object, &manifest, "{'schemaVersion':2,'config':" DESCRIPTOR ",'layers':[" DESCRIPTOR "]}", "ok");
	ok(manifest.config->size == 7023 && manifest.layers.count == 1, "its members");
	index_and_manifest(&image_manifest_object, &manifest, "{'schemaVersion':2,'mediaType':'application/vnd.docker.distribution.manifest.v2+json','config':" DESCRIPTOR
	                   ",'layers':[]}", "ok");
	index_and_manifest(&image_manifest_object, &manifest, "{'schemaVersion':2,'layers':[]}", "F: config: missing");
	index_and_manifest(&image_manifest_object, &manifest, "{'schemaVersion':2,'config':" DESCRIPTOR "}", "F: layers: missing");
	index_and_manifest(&image_manifest_object, &manifest, "{'schemaVersion':2,'config':" DESCRIPTOR ",'layers':[7]}", "F: layers[0]: expected an object, found a number");
	snprintf(text, sizeof text, "{'schemaVersion':2,'config':" DESCRIPTOR ",'layers':[%s,{'mediaType':'a/b','digest':'x','size':0}]}", DESCRIPTOR);
	index_and_manifest(&image_manifest_object, &manifest, text, "F: layers[1].digest: \"x\" is not ALGORITHM:ENCODED");
}

static void configs(void)
{
	static const char docker[] =
		"{'architecture':'amd64','config':{'Hostname':'','User':'1000:daemon','AttachStdin':false,'ExposedPorts':{'80/tcp':{},'53/udp':null},'Env':['PATH=/bin'],"
		"'Cmd':['sh'],'Image':'sha256:x','Volumes':{'/data':{}},'WorkingDir':'/srv','Entrypoint':null,'OnBuild':null,'Labels':{'a':'b'},'StopSignal':'SIGTERM',"
		"'ArgsEscaped':true},'container_config':{'Cmd':[1]},'created':'2015-10-31T22:22:56.015925234Z','docker_version':'20','history':[{'created':'2015-10-31T22:22:56Z',"
		"'created_by':'/bin/sh','author':'a','comment':'c'},{'empty_layer':true}],'os':'linux','variant':'v1','rootfs':{'type':'layers','diff_ids':[" DIGEST "]}}";

	is_str(decode(&image_config_object, &config, docker), "ok", "a config of Docker's");
	ok(strcmp(config.architecture, "amd64") == 0 && strcmp(config.os, "linux") == 0 && strcmp(config.variant, "v1") == 0, "platform");
	ok(strcmp(config.config->User, "1000:daemon") == 0 && config.config->ExposedPorts.count == 2 && strcmp(config.config->ExposedPorts.items[1].key, "53/udp") == 0
	   && config.config->Env.count == 1 && config.config->Cmd.count == 1 && config.config->Entrypoint.count == 0 && config.config->Volumes.count == 1
	   && strcmp(config.config->WorkingDir, "/srv") == 0 && config.config->Labels.count == 1 && config.config->ArgsEscaped
	   && strcmp(config.config->StopSignal, "SIGTERM") == 0, "config");
	ok(config.history.count == 2 && !config.history.items[0].empty_layer && config.history.items[1].empty_layer, "history");
	ok(config.rootfs->diff_ids.count == 1 && strcmp(config.rootfs->type, "layers") == 0, "rootfs");
	ok(config.node.unknown != 0 && config.config->node.unknown != 0, "Docker's own members are kept");
	index_and_manifest(&image_config_object, &config, "{'os':'linux','rootfs':{'type':'layers','diff_ids':[]}}", "F: architecture: missing");
	index_and_manifest(&image_config_object, &config, "{'architecture':'arm','rootfs':{'type':'layers','diff_ids':[]}}", "F: os: missing");
	index_and_manifest(&image_config_object, &config, "{'architecture':'arm','os':'linux'}", "F: rootfs: missing");
	index_and_manifest(&image_config_object, &config, "{'architecture':'arm','os':'linux','rootfs':{'diff_ids':[]}}", "F: rootfs.type: missing");
	index_and_manifest(&image_config_object, &config, "{'architecture':'arm','os':'linux','rootfs':{'type':'layers'}}", "F: rootfs.diff_ids: missing");
	index_and_manifest(&image_config_object, &config, "{'architecture':'arm','os':'linux','rootfs':{'type':'x','diff_ids':[]}}", "F: rootfs.type: unknown value \"x\"");
	index_and_manifest(&image_config_object, &config, "{'architecture':'arm','os':'linux','rootfs':{'type':'layers','diff_ids':['sha256:0']}}",
	                   "F: rootfs.diff_ids[0]: a sha256 digest has 64 lower-case hexadecimal digits: \"sha256:0\"");
	index_and_manifest(&image_config_object, &config, "{'architecture':'arm','os':'linux','config':{'Volumes':{'/a':7}},'rootfs':{'type':'layers','diff_ids':[]}}",
	                   "F: config.Volumes[\"/a\"]: expected an object, found a number");
	index_and_manifest(&image_layout_object, &layout, "{'imageLayoutVersion':'1.0.0'}", "ok");
	index_and_manifest(&image_layout_object, &layout, "{'imageLayoutVersion':'2.0.0'}", "F: imageLayoutVersion: version \"2.0.0\" is not supported: only 1.0.0 is");
	index_and_manifest(&image_layout_object, &layout, "{}", "F: imageLayoutVersion: missing");
	index_and_manifest(&image_layout_object, &layout, "{'imageLayoutVersion':1}", "F: imageLayoutVersion: expected a string, found a number");
}

int main(void)
{
	descriptors();
	indexes();
	manifests();
	configs();
	return done_testing();
}
