// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.ListenAddress;
import io.pagestrata.config.MachineCheck;
import io.pagestrata.config.ServerConfig;
import io.pagestrata.config.TlsConfig;
import io.pagestrata.config.TlsMode;
import io.pagestrata.core.InvalidConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sections that only the daemon reads. */
class DaemonYamlTest {
  private static final String STORE = "tiers:\n- type: ram\n  max-size: 64MiB\n";

  private static DaemonConfig parse(String text) {
    return YamlConfig.parseDaemon("f.yaml", (STORE + text).getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> problems(String text) {
    return catchThrowableOfType(InvalidConfigurationException.class, () -> parse(text)).problems();
  }

  @Test
  void withoutTheSectionsThereIsOneExportOnLoopback() {
    DaemonConfig config = parse("");
    assertThat(config.exports())
        .containsExactly(
            new ExportConfig(
                "default",
                Optional.empty(),
                8L << 30,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of()));
    assertThat(config.server())
        .isEqualTo(
            new ServerConfig(
                List.of(new ListenAddress.Tcp("127.0.0.1", 10809)),
                256,
                256L << 20,
                64L << 20,
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                true,
                new TlsConfig(TlsMode.OFF, Optional.empty(), Optional.empty(), Optional.empty())));
    assertThat(parse("server: {tls: {}}\n")).isEqualTo(config);
  }

  @Test
  void everySettingReachesItsPlace() {
    DaemonConfig config =
        parse(
            """
            exports:
              - name: a.1
                description: the first
                size: 1GiB
                pool: p
                max-connections: 3
                max-in-flight: 192MiB
                allowed-clients: ["CN=one,O=Two Words", CN=three]
              - name: b
                size: 2MiB
                pool: p
                read-only: true
            server:
              listen: ["[::1]:0", 'unix:/run/a b.sock', localhost:1]
              max-connections: 7
              max-in-flight: 128MiB
              max-in-flight-per-connection: 1MiB
              threads: 5
              handshake-timeout: 1s
              stall-timeout: 3min
              stop-timeout: 2s
              busy-poll: false
              tls:
                mode: required
                certificate: c.pem
                key: k.pem
                client-ca: ca.pem
            """);
    assertThat(config.exports())
        .containsExactly(
            new ExportConfig(
                "a.1",
                Optional.of("the first"),
                1L << 30,
                false,
                Optional.of("p"),
                Optional.of(3),
                Optional.of(192L << 20),
                List.of("CN=one,O=Two Words", "CN=three")),
            new ExportConfig(
                "b",
                Optional.empty(),
                2L << 20,
                true,
                Optional.of("p"),
                Optional.empty(),
                Optional.empty(),
                List.of()));
    assertThat(config.server())
        .isEqualTo(
            new ServerConfig(
                List.of(
                    new ListenAddress.Tcp("::1", 0),
                    new ListenAddress.Unix(Path.of("/run/a b.sock")),
                    new ListenAddress.Tcp("localhost", 1)),
                7,
                128L << 20,
                1L << 20,
                Optional.of(5),
                Duration.ofSeconds(1),
                Duration.ofMinutes(3),
                Duration.ofSeconds(2),
                false,
                new TlsConfig(
                    TlsMode.REQUIRED,
                    Optional.of(Path.of("c.pem")),
                    Optional.of(Path.of("k.pem")),
                    Optional.of(Path.of("ca.pem")))));
    assertThat(config.store()).isEqualTo(parse("").store());
  }

  @Test
  void allProblemsComeTogetherInTheOrderOfTheFile() {
    assertThat(
            problems(
                """
                put-wait: soon
                exports:
                  - name: a b
                    size: 8GB
                  - size: 1GiB
                    allowed-clients: [CN=x]
                  - name: c
                    size: 1048577B
                    read-only: sometimes
                    alowed-clients: []
                  - name: d
                    size: 1MiB
                  - name: d
                    size: 1MiB
                server:
                  listen: [here, [a]]
                  max-connections: 0
                  tls:
                    mode: optional
                    key: k
                    cipher: any
                servers: {}
                """))
        .containsExactly(
            "f.yaml:4:11: key 'put-wait': value 'soon' is not a duration; expected a number with"
                + " unit ms, s, min, h or d, such as 5s",
            "f.yaml:6:11: key 'exports[0].name': value 'a b' is not a name of an export; expected a"
                + " letter or digit, then up to 127 letters, digits, dots, underscores or hyphens",
            "f.yaml:7:11: key 'exports[0].size': value '8GB' is not a size; expected a number with"
                + " unit B, KiB, MiB, GiB or TiB, such as 8GiB",
            "f.yaml:8:5: key 'exports[1].name': missing; expected a letter or digit, then up to 127"
                + " letters, digits, dots, underscores or hyphens",
            "f.yaml:9:22: key 'exports[1].allowed-clients': names client certificates that nobody"
                + " asks for; expected server.tls.mode optional or required, and"
                + " server.tls.client-ca",
            "f.yaml:11:11: key 'exports[2].size': value '1048577B' is not a whole number of pages;"
                + " expected a multiple of 4KiB",
            "f.yaml:12:16: key 'exports[2].read-only': value 'sometimes' is neither true nor false;"
                + " expected true or false",
            "f.yaml:13:21: key 'exports[2].alowed-clients': unknown key; did you mean"
                + " 'allowed-clients'?",
            "f.yaml:16:11: key 'exports[4].name': value 'd' is the name of another export; expected"
                + " different names",
            "f.yaml:19:18: is a list; expected a single value",
            "f.yaml:20:20: key 'server.max-connections': value '0' is out of range; expected 1 to 10000",
            "f.yaml:22:5: key 'server.tls.certificate': missing; expected a PEM file, since mode is"
                + " not off",
            "f.yaml:24:13: key 'server.tls.cipher': unknown key; expected mode, certificate, key or"
                + " client-ca",
            "f.yaml:25:10: key 'servers': unknown key; did you mean 'server'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          exports: []           | f.yaml:4:10: key 'exports': is empty; expected at least one export
          exports: a            | f.yaml:4:10: key 'exports': is a single value; expected a list of exports
          exports: [a]          | f.yaml:4:11: key 'exports[0]': is a single value; expected a mapping of settings
          exports: !x []        | f.yaml:4:10: key 'exports': tag '!x' is not allowed; expected plain values
          server: on            | f.yaml:4:9: key 'server': is a single value; expected a mapping of settings
          server: {tls: on}     | f.yaml:4:15: key 'server.tls': is a single value; expected a mapping of settings
          server: {listen: []}  | f.yaml:4:18: key 'server.listen': value '[]' is too short; expected a list of addresses, each HOST:PORT, [IPV6]:PORT or unix:PATH
          server: {listen: 1}   | f.yaml:4:18: key 'server.listen': is a single value; expected a list of addresses, each HOST:PORT, [IPV6]:PORT or unix:PATH, such as [127.0.0.1:10809]
          server: {tls: {mode: []}} | f.yaml:4:22: key 'server.tls.mode': is a list; expected off, optional or required
          """)
  void whatIsNotOfTheRightShapeIsNamed(String line, String problem) {
    assertThat(problems(line + "\n")).containsExactly(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          export | max-connections: 0     | '0' is out of range; expected 1 to 10000
          export | max-connections: many  | 'many' is not a whole number; expected auto or 1 to 10000
          export | max-in-flight: 1MiB    | '1MiB' is out of range; expected 128MiB to 1TiB
          export | max-in-flight: 200     | '200' is not a size; expected auto or a number with unit B, KiB, MiB, GiB or TiB
          server | threads: 0             | '0' is out of range; expected 1 to 1024
          server | threads: 1.5           | '1.5' is not a whole number; expected auto or 1 to 1024
          server | stall-timeout: 500ms   | '500ms' is out of range; expected 1s to 1d
          server | stall-timeout: never   | 'never' is not a duration; expected a number with unit ms, s, min, h or d, such as 1min
          """)
  void limitsHaveLimits(String section, String line, String complaint) {
    String text =
        section.equals("export") ? "exports: [{name: a, size: 1GiB, %s}]\n" : "server: {%s}\n";
    int column = text.indexOf('%') + line.indexOf(' ') + 2;
    String key = line.substring(0, line.indexOf(':'));
    assertThat(problems(text.formatted(line)))
        .containsExactly(
            "f.yaml:4:"
                + column
                + ": key '"
                + (section.equals("export") ? "exports[0]." : "server.")
                + key
                + "': value "
                + complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          here            | is not an address to listen on
          here:65536      | is not an address to listen on
          ::1:10809       | is not an address to listen on
          'unix:'         | names no socket file
          """)
  void addressesAreChecked(String address, String complaint) {
    assertThat(problems("server: {listen: ['" + address + "']}\n"))
        .containsExactly(
            "f.yaml:4:18: key 'server.listen': value '"
                + address
                + "' "
                + complaint
                + "; expected a list of addresses, each HOST:PORT, [IPV6]:PORT or unix:PATH, such as"
                + " [127.0.0.1:10809]");
  }

  @Test
  void aSocketPathFitsIntoAnAddress() {
    assertThat(problems("server: {listen: [127.0.0.1:0, here:x, '[::1]:0']}\n"))
        .singleElement()
        .asString()
        .contains(": value '127.0.0.1:0, here:x, [::1]:0' holds 'here:x', which is not an address");
    assertThat(parse("server: {listen: ['unix:/" + "x".repeat(106) + "']}\n").server().listen())
        .hasSize(1);
    assertThat(problems("server: {listen: ['unix:/" + "x".repeat(107) + "']}\n"))
        .singleElement()
        .asString()
        .contains("is too long for a socket, whose path has at most 107 bytes; expected");
  }

  @Test
  void clientsAreSubjectsOrFingerprints() {
    String print = "sha256:" + "0a".repeat(32);
    String tls = "server: {tls: {mode: required, certificate: c, key: k, client-ca: a}}\n";
    String export = "exports: [{name: a, size: 1MiB, allowed-clients: [%s]}]\n";
    assertThat(parse(tls + export.formatted(print)).exports().get(0).allowedClients())
        .containsExactly(print);
    assertThat(problems(tls + export.formatted("bob")))
        .containsExactly(
            "f.yaml:5:50: key 'exports[0].allowed-clients': value '[bob]' holds 'bob', which is"
                + " not a subject or fingerprint; expected a subject such as CN=alpha,O=Example, or sha256: and 64"
                + " lower-case hexadecimal digits");
  }

  @Test
  void anExportHasNoMorePagesThanAnIndexCanCount() {
    assertThat(parse("exports: [{name: a, size: 16TiB}]\n").exports()).hasSize(1);
    assertThat(parse("page-size: 64KiB\nexports: [{name: a, size: 256TiB}]\n").exports())
        .hasSize(1);
    assertThat(problems("exports: [{name: a, size: 17TiB}]\n"))
        .containsExactly(
            "f.yaml:4:27: key 'exports[0].size': value '17TiB' is too large; expected at most"
                + " 16TiB, which is 2^32 pages");
  }

  @Test
  void oneExportWritesToAPool() {
    assertThat(problems("exports: [{name: a, size: 1MiB}, {name: b, size: 1MiB, pool: a}]\n"))
        .containsExactly(
            "f.yaml:4:62: key 'exports[1].pool': value 'a' is the pool of the writable export 'a';"
                + " expected another pool, or read-only");
  }

  @Test
  void theLibraryDoesNotReadThem() {
    InvalidConfigurationException refused =
        catchThrowableOfType(
            InvalidConfigurationException.class,
            () ->
                YamlConfig.parse(
                    "f.yaml", (STORE + "server: {}\n").getBytes(StandardCharsets.UTF_8)));
    assertThat(refused.problems())
        .singleElement()
        .asString()
        .startsWith("f.yaml:4:9: key 'server': unknown key; expected ");
  }

  @Test
  void theMachineIsAskedForFilesAndSockets(@TempDir Path directory) {
    Path absent = directory.resolve("absent");
    String tls = "server:\n  tls: {mode: required, certificate: %s, key: %s}\n";
    assertThat(MachineCheck.problems(parse(tls.formatted(absent, absent))))
        .containsExactly(
            "f.yaml:5:38: key 'server.tls.certificate': value '"
                + absent
                + "' cannot be read; expected a PEM file",
            "f.yaml:5:"
                + (38 + absent.toString().length() + ", key: ".length())
                + ": key 'server.tls.key': value '"
                + absent
                + "' cannot be read; expected a PEM file");
    String socket = "server: {listen: ['unix:" + directory + "/%s']}\n";
    assertThat(MachineCheck.problems(parse(socket.formatted("s")))).isEmpty();
    assertThat(MachineCheck.problems(parse(socket.formatted("no/s"))))
        .singleElement()
        .asString()
        .endsWith("no/s' cannot be made; expected a directory that can be written");
  }

  @Test
  void aSocketMayLieWhereTheFileTierMakesADirectory(@TempDir Path directory) {
    String config =
        "- {type: file, max-size: 64MiB, directory: '"
            + directory
            + "/made/segments'}\nserver: {listen: ['unix:"
            + directory
            + "/%s']}\n";
    for (String inMade : List.of("made/s", "made/segments/s")) {
      assertThat(MachineCheck.problems(parse(config.formatted(inMade)))).isEmpty();
    }
    assertThat(MachineCheck.problems(parse(config.formatted("other/s")))).hasSize(1);
  }

  @Test
  void anAddressIsListenedOnOnce() {
    assertThat(problems("server: {listen: ['a:1', 'unix:/s', 'a:1']}\n"))
        .singleElement()
        .asString()
        .endsWith("key 'server.listen': holds value 'a:1' twice; expected different addresses");
    assertThat(parse("server: {listen: ['a:0', 'a:0']}\n").server().listen()).hasSize(2);
  }
}
