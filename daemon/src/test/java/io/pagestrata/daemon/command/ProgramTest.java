// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.Pagestrata;
import java.io.IOException;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return new Program(new PrintWriter(out, true), new PrintWriter(err, true)).run(args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          swim                       | pagestrata: unknown command 'swim'; see 'pagestrata --help'
          dem                        | pagestrata: unknown command 'dem', did you mean 'demo'?; see 'pagestrata --help'
          demo --ramm 4MiB           | pagestrata demo: unknown option '--ramm', did you mean '--ram'?; see 'pagestrata demo --help'
          demo more                  | pagestrata demo: unknown argument 'more'; see 'pagestrata demo --help'
          demo --ram 4MB             | pagestrata demo: invalid value for option '--ram': '4MB' is not a size (write a number with B, KiB, MiB, GiB or TiB); see 'pagestrata demo --help'
          demo --ram 0MiB            | pagestrata demo: invalid value for option '--ram': a size of 0 makes no sense; see 'pagestrata demo --help'
          demo --ram                 | pagestrata demo: missing required parameter for option '--ram' (SIZE); see 'pagestrata demo --help'
          demo --page-size 6KiB      | pagestrata demo: --page-size 6KiB is not a power of two from 4KiB to 64KiB; see 'pagestrata demo --help'
          demo --page-size 128KiB    | pagestrata demo: --page-size 128KiB is not a power of two from 4KiB to 64KiB; see 'pagestrata demo --help'
          demo --ram 1KiB            | pagestrata demo: --ram '1KiB' is too small; expected at least 8MiB
          demo --ram 1MiB            | pagestrata demo: --ram '1MiB' is too small; expected at least 8MiB
          demo --ram 2TiB            | pagestrata demo: --ram '2TiB' is too large; expected at most 1TiB
          demo --disk 1MiB           | pagestrata demo: --disk '1MiB' is out of range; expected 4MiB to 128TiB
          demo --codec lz5           | pagestrata demo: --codec 'lz5' is not a codec; expected lz4, none, or zstd- and a level from -7 to 19 other than 0
          demo --seed abc            | pagestrata demo: invalid value for option '--seed': 'abc' is not a whole number; see 'pagestrata demo --help'
          demo --seed 99999999999999999999 | pagestrata demo: invalid value for option '--seed': '99999999999999999999' is too large; see 'pagestrata demo --help'
          bench --rounds 99999999999 | pagestrata bench: invalid value for option '--rounds': '99999999999' is too large; see 'pagestrata bench --help'
          demo --pages -99999999999  | pagestrata demo: invalid value for option '--pages': '-99999999999' is too small; see 'pagestrata demo --help'
          demo --threads 1.5         | pagestrata demo: invalid value for option '--threads': '1.5' is not a whole number; see 'pagestrata demo --help'
          bench --seconds soon       | pagestrata bench: invalid value for option '--seconds': 'soon' is not a number; see 'pagestrata bench --help'
          demo redis://u:hush@h      | pagestrata demo: unknown argument 'redis://***@h'; see 'pagestrata demo --help'
          run --remot=redis://u:x@h  | pagestrata run: unknown option '--remot=redis://***@h', did you mean '--remote'?; see 'pagestrata run --help'
          demo --username u          | pagestrata demo: --username, --password-file and --trusted-certificates go with --remote, and only with it; see 'pagestrata demo --help'
          run --password-file f      | pagestrata run: --username, --password-file and --trusted-certificates go with --remote, and only with it; see 'pagestrata run --help'
          demo --pages 0             | pagestrata demo: --pages 0 is not above 0; see 'pagestrata demo --help'
          demo --threads 0           | pagestrata demo: --threads 0 is not from 1 to 256; see 'pagestrata demo --help'
          demo --input no-such-file  | pagestrata demo: no such file: no-such-file
          demo --report /no/such/dir | pagestrata demo: cannot write the report /no/such/dir: there is no directory /no/such
          demo --report /proc        | pagestrata demo: cannot write the report /proc: it is a directory
          bench --only gett          | pagestrata bench: --only knows no 'gett', only codec, put, get, scaling, allocation, refault, writeback, encryption, memory, amplification, durable, deduplication, pages, dictionaries, chain, trace; see 'pagestrata bench --help'
          bench --only trace         | pagestrata bench: --only trace needs --trace FILE; see 'pagestrata bench --help'
          bench --codec lz5          | pagestrata bench: --codec 'lz5' is not a codec; expected lz4, none, or zstd- and a level from -7 to 19 other than 0; see 'pagestrata bench --help'
          bench --rounds 0           | pagestrata bench: --rounds 0 is not above 0; see 'pagestrata bench --help'
          bench --seconds NaN        | pagestrata bench: --seconds NaN is not above 0 and at most 3600; see 'pagestrata bench --help'
          bench --corpus no-such-dir | pagestrata bench: no such directory: no-such-dir
          bench zpools --only get    | pagestrata bench zpools: --only knows no 'get', only density, reclaim, speed, pause, hits; see 'pagestrata bench zpools --help'
          bench zpools --only hits   | pagestrata bench zpools: --only hits needs --trace FILE; see 'pagestrata bench zpools --help'
          bench zpools --ram 1MiB    | pagestrata bench zpools: --ram is less than 8MiB; see 'pagestrata bench zpools --help'
          bench policies             | pagestrata bench policies: --trace FILE is missing; see 'pagestrata bench policies --help'
          bench --seed 2 policies    | pagestrata bench policies: options stand behind 'policies'; see 'pagestrata bench policies --help'
          bench --seed 2 zpools      | pagestrata bench zpools: options stand behind 'zpools'; see 'pagestrata bench zpools --help'
          bench --trace /nope        | pagestrata bench: no such file: /nope
          bench policies --trace pom.xml | pagestrata bench policies: not a swap trace: pom.xml
          fsck                       | pagestrata fsck: missing required parameter: 'DIR'; see 'pagestrata fsck --help'
          fsck . --repare            | pagestrata fsck: unknown option '--repare', did you mean '--repair'?; see 'pagestrata fsck --help'
          fsck . --accept-loss       | pagestrata fsck: --accept-loss goes with --repair only; see 'pagestrata fsck --help'
          inspect                    | pagestrata inspect: missing required parameter: 'DIR'; see 'pagestrata inspect --help'
          inspect . more             | pagestrata inspect: unknown argument 'more'; see 'pagestrata inspect --help'
          check-config               | pagestrata check-config: missing required parameter: 'FILE'; see 'pagestrata check-config --help'
          check-config no-such-file  | pagestrata check-config: no such file: no-such-file
          run --stats-file /no/such/f | pagestrata run: cannot write the statistics /no/such/f: there is no directory /no/such
          run --log-file /no/such/f  | pagestrata run: cannot write the log /no/such/f: there is no directory /no/such
          run --show-config -c f     | pagestrata run: --show-config has no meaning with a configuration file; see 'pagestrata run --help'
          run --config=              | pagestrata run: invalid value for option '--config': the name is empty; see 'pagestrata run --help'
          new-key /no/dir/key        | pagestrata new-key: no such directory: /no/dir
          fsck . --key-file /nokey   | pagestrata fsck: --key-file: /nokey cannot be read
          remote list --remote redis://localhost --password-file /nopw | pagestrata remote: --password-file: /nopw cannot be read
          remote list --remote rediss://localhost --trusted-certificates /noca | pagestrata remote: --trusted-certificates: '/noca' cannot be read; expected a PEM file
          bench remote --password-file /nopw | pagestrata bench remote: --password-file: /nopw cannot be read
          demo --remote foo          | pagestrata demo: --remote 'foo' is not a server; expected redis://host:port, or rediss://host:port with TLS; see 'pagestrata demo --help'
          run --remote http://x      | pagestrata run: --remote 'http://x' is not a server; expected redis://host:port, or rediss://host:port with TLS; see 'pagestrata run --help'
          remote list --remote redis://u:p@h | pagestrata remote: --remote '***@h' has user or password in it, which go into --username and --password-file; expected redis://host:port, or rediss://host:port with TLS; see 'pagestrata remote --help'
          bench remote --remote redis://h/1 | pagestrata bench remote: --remote 'redis://h/1' is not host and port alone; expected redis://host:port, or rediss://host:port with TLS; see 'pagestrata bench remote --help'
          bench remote --server /nope | pagestrata bench remote: --server: /nope is no program that can be started; see 'pagestrata bench remote --help'
          demo --remote rediss://localhost --trusted-certificates pom.xml | pagestrata demo: --trusted-certificates: 'pom.xml' holds no certificate; expected a PEM file
          demo --pages 9 --dense foo | pagestrata demo: --dense 'foo' is not a codec that makes zpages denser; expected zstd- and a level from -7 to 19 other than 0
          bench --seconds 1e99       | pagestrata bench: --seconds 1.0E99 is not above 0 and at most 3600; see 'pagestrata bench --help'
          bench --trace /proc        | pagestrata bench: not a plain file: /proc
          bench --disk-dir /proc     | pagestrata bench: no directory can be made in /proc
          bench zpools --ram 900GiB  | pagestrata bench zpools: --ram is more than 64GiB; see 'pagestrata bench zpools --help'
          new-key /proc/key          | pagestrata new-key: no file can be made in /proc
          checkup                    | pagestrata: unknown command 'checkup'; see 'pagestrata --help'
          demo --no-such-thing=dense | pagestrata demo: unknown option '--no-such-thing=dense'; see 'pagestrata demo --help'
          help dem                   | pagestrata: unknown command 'dem', did you mean 'demo'?; see 'pagestrata --help'
          demo --zpool foo           | pagestrata demo: --zpool 'foo' is not a choice here; expected log, zsmalloc, zbud or chronicle
          """)
  void saysInOneLineWhatIsWrong(String args, String line) {
    assertThat(run(args.split(" "))).isEqualTo(2);
    assertThat(err.toString()).isEqualTo(line + System.lineSeparator());
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"new-key", "check-config", "fsck", "inspect"})
  void anEmptyNameIsNoFile(String command) {
    assertThat(run(command, "")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("pagestrata " + command + ": invalid value for positional parameter")
        .contains("the name is empty")
        .hasLineCount(1);
  }

  @Test
  void eachOfSeveralProblemsSaysWhoTellsIt(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("f.yaml"), "a: 1\nb: 2\n");
    assertThat(run("check-config", file.toString())).isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("pagestrata check-config: " + file));
  }

  @Test
  void aLinkToItselfIsNoMissingFile(@TempDir Path directory) throws IOException {
    Path loop = directory.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    assertThat(run("check-config", loop.toString())).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("pagestrata check-config: cannot read the configuration: " + loop)
        .doesNotContain("no such file");
  }

  @Test
  void outputThatIsLostIsNoSuccess() {
    PrintWriter lost = new PrintWriter(new PipedWriter());
    assertThat(new Program(lost, new PrintWriter(err, true)).run("version")).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("pagestrata: the output cannot be written");
  }

  @Test
  void tooLittleMemoryIsToldWithoutATrace() {
    PrintWriter full =
        new PrintWriter(out) {
          @Override
          public void println(String line) {
            throw new OutOfMemoryError("Java heap space");
          }
        };
    assertThat(new Program(full, new PrintWriter(err, true)).run("version")).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("pagestrata: not enough memory: Java heap space; the heap of the JVM is ")
        .hasLineCount(1);
  }

  @Test
  void asksForACommand() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo("pagestrata: no command given; see 'pagestrata --help'");
  }

  @Test
  void anEmptyInputFileIsNoInput(@TempDir Path directory) throws IOException {
    Path empty = Files.createFile(directory.resolve("empty"));
    assertThat(run("demo", "--input", empty.toString())).isEqualTo(2);
    assertThat(err.toString().strip()).isEqualTo("pagestrata demo: the file is empty: " + empty);
  }

  @Test
  void aFileIsNoPlaceForSegments(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "some bytes");
    assertThat(run("demo", "--input", file.toString(), "--disk-dir", file.toString())).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo(
            "pagestrata demo: --disk-dir '"
                + file
                + "' is not a directory; expected one, or a name that is free");
  }

  @Test
  void allWrongValuesAreToldAtOnceAndNothingIsMade(@TempDir Path directory) throws IOException {
    Path input = Files.writeString(directory.resolve("file"), "some bytes");
    Path segments = directory.resolve("segments");
    String[] args = {
      "demo",
      "--input",
      input.toString(),
      "--disk-dir",
      segments.toString(),
      "--codec",
      "lz5",
      "--ram",
      "1MiB",
      "--disk",
      "1MiB"
    };
    assertThat(run(args)).isEqualTo(2);
    assertThat(err.toString().lines())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("--ram '1MiB' is too small"),
            line -> assertThat(line).contains("--disk '1MiB' is out of range"),
            line -> assertThat(line).contains("--codec 'lz5' is not a codec"));
    assertThat(segments).doesNotExist();
  }

  @Test
  void aWrongConfigurationIsToldWithFileAndLine(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("store.yaml"), "page-size: 3KiB\n");
    assertThat(run("check-config", file.toString())).isEqualTo(2);
    assertThat(err.toString()).startsWith("pagestrata check-config: ").contains(file + ":1");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aRightConfigurationIsSummarized(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("store.yaml"),
            """
            tiers:
              - type: ram
                max-size: 64MiB
              - type: ram
                name: dense
                max-size: 64MiB
                recompress: zstd-1
              - type: file
                directory: segments
                max-size: 1GiB
            """);
    assertThat(run("check-config", file.toString())).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("is valid", "ram: at most 64MiB, lz4", "at most 1GiB")
        .contains("dense: at most 64MiB, zpages recompressed with zstd-1, zpool log")
        .contains("export default: 8GiB", "listens on 127.0.0.1:10809");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "--version", "demo --version"})
  void tellsItsVersion(String args) {
    assertThat(run(args.split(" "))).isZero();
    assertThat(out.toString()).startsWith("pagestrata " + Pagestrata.version() + " (Java ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "help",
        "help bench zpools",
        "help --help",
        "demo --help",
        "bench --help",
        "bench zpools --help",
        "fsck --help",
        "inspect --help",
        "bench policies --help",
        "check-config --help",
        "new-key --help",
        "remote --help",
        "bench remote --help"
      })
  void helpIsAskedForAndSoNoError(String args) {
    assertThat(run(args.split(" "))).isZero();
    assertThat(out.toString()).startsWith("Usage: pagestrata").contains("Exit status:");
    assertThat(err.toString()).isEmpty();
  }
}
