#!/usr/bin/env bash
# Writes the Swift of every .proto file anew, beside it. Needed only after a .proto file has changed.
#
# Wants protoc (Debian and Ubuntu: protobuf-compiler) and protoc-gen-swift on the path; the latter comes from
# https://github.com/apple/swift-protobuf by `swift build -c release --product protoc-gen-swift`, in the version that
# Package.swift names.
set -euo pipefail
cd "$(dirname "$(readlink -f -- "${BASH_SOURCE[0]}")")/.."

for tool in protoc protoc-gen-swift; do
    if ! command -v "$tool" >/dev/null; then
        echo "generate-protobuf: $tool is not on the path; the head of this script says where it comes from." >&2
        exit 1
    fi
done

find Sources -name '*.proto' | sort | while read -r proto; do
    folder=$(dirname "$proto")
    protoc --proto_path="$folder" --swift_out="$folder" --swift_opt=UseAccessLevelOnImports=true "$proto"
    echo "${proto%.proto}.pb.swift"
done
