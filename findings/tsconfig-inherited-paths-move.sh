#!/usr/bin/env bash
# `paths` that a tsconfig.json inherits mean other files once the heir says `baseUrl`; tsconfig-paths takes them from the heir's folder.
#
# Versions:  TypeScript 6.0.3, esbuild 0.28.2, get-tsconfig 4.14.3, tsconfig-paths 4.2.0 (npm), Node 20
# Guess:     a path is relative to the file that says it, as `extends`, `files` and `include` are; a `baseUrl` of the heir is for imports
#            that no entry of `paths` takes, and every reader follows TypeScript.
# Seen:      With no baseUrl anywhere TypeScript, esbuild and get-tsconfig take the inherited entry from the folder of the file that says it,
#            tsconfig-paths from the folder of the heir: another file, here one outside of the package, without a word. With a
#            `baseUrl` in the heir all of them take the inherited entry from there: adding "baseUrl": "src" moves every alias of the base.
# Output:    no baseUrl: shared shared shared heir; baseUrl of the heir: src src src src
# Date:      2026-11-30
# Touches:   bundlers, indexers and code movers that read one tsconfig.json, or merge two and forget which file said which path.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts=false \
    typescript@6.0.3 esbuild@0.28.2 get-tsconfig@4.14.3 tsconfig-paths@4.2.0 > npm.log 2>&1 || { cat npm.log; exit 2; }
mkdir -p all/web/src all/config/shared all/lib all/web/lib lib
echo '{"compilerOptions": {"paths": {"@lib/*": ["../../lib/*"]}}}' > all/config/shared/paths.json
echo 'export const place = "shared"' > all/lib/x.ts # from all/config/shared
echo 'export const place = "heir"' > lib/x.ts       # from all/web
echo 'import { place } from "@lib/x"; console.log(place)' > all/web/src/a.ts
cat > ask.cjs <<'NODE'
const { execFileSync } = require("child_process");
const { readFileSync } = require("fs");
const { createPathsMatcher, getTsconfig } = require("get-tsconfig");
const { createMatchPath, loadConfig } = require("tsconfig-paths");
const ts = require("typescript");

const file = "all/web/src/a.ts";
const said = (path) => readFileSync(path.endsWith(".ts") ? path : `${path}.ts`, "utf8").match(/"(.*)"/)[1];
const read = ts.getParsedCommandLineOfConfigFile("all/web/tsconfig.json", {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} });
const config = loadConfig("all/web");
console.log(
  said(ts.resolveModuleName("@lib/x", file, read.options, ts.sys).resolvedModule.resolvedFileName),
  execFileSync("node_modules/.bin/esbuild", [file, "--bundle", "--log-level=error"], { encoding: "utf8" }).match(/place = "(.*)"/)[1],
  said(createPathsMatcher(getTsconfig(file))("@lib/x")[0]),
  said(createMatchPath(config.absoluteBaseUrl, config.paths)("@lib/x", undefined, undefined, [".ts"])),
);
NODE
options='"noEmit": true, "module": "esnext", "moduleResolution": "bundler", "ignoreDeprecations": "6.0"'
echo "{\"extends\": \"../config/shared/paths.json\", \"compilerOptions\": {$options}}" > all/web/tsconfig.json
without=$(node ask.cjs)
echo 'export const place = "src"' > all/lib/x.ts # from all/web/src
echo "{\"extends\": \"../config/shared/paths.json\", \"compilerOptions\": {$options, \"baseUrl\": \"src\"}}" > all/web/tsconfig.json
with=$(node ask.cjs)
found="no baseUrl: $without; baseUrl of the heir: $with"
echo "$found"
[ "$found" = "no baseUrl: shared shared shared heir; baseUrl of the heir: src src src src" ]
