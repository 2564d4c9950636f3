#!/usr/bin/env bats
# schema: each document's is JSON, and names what the tables have. What it says is compared with validate by test/tools/schema-verdicts (make check-tools).
load helpers
setup() { RUNLET=${RUNLET:-$(realpath "$BATS_TEST_DIRNAME/../../build/pc/runlet")}; }
schema() { "$RUNLET" schema "$1" | jq -c "$2"; }

@test "every document has one" {
	for document in config state features image-manifest image-index image-config image-layout descriptor; do
		[ "$(schema "$document" '[."$schema", .title, .type]')" = "[\"https://json-schema.org/draft/2020-12/schema\",\"$document\",\"object\"]" ]
	done
	run "$RUNLET" schema nothing
	[ "$status" = 1 ]
	one_line
}

@test "words, ranges, patterns, what is required" {
	config='.allOf[0].properties.process.allOf[0].properties'
	[ "$(schema config "$config.scheduler.allOf[0].properties.policy.enum | length")" = 7 ]
	[ "$(schema config "$config.oomScoreAdj | [.minimum, .maximum]")" = '[-1000,1000]' ]
	[ "$(schema config "$config.rlimits.items.required")" = '["type","hard","soft"]' ]
	[ "$(schema config '.required')" = '["ociVersion"]' ]
	[ "$(schema config '.allOf[0].properties.linux.allOf[0].properties.maskedPaths.items.pattern')" = '"^/"' ]
	[ "$(schema image-config '.allOf[0].properties.created.type')" = '["string","null"]' ]
}
