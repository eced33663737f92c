// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pagestrata.core.InvalidConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each rule refuses what breaks it, at the setting that does, and nothing beside that. */
class DaemonRulesTest {
  private static final int PAGE_BYTES = 4096;
  private static final TlsConfig NO_TLS =
      new TlsConfig(TlsMode.OFF, Optional.empty(), Optional.empty(), Optional.empty());
  private static final Optional<Path> PEM = Optional.of(Path.of("a.pem"));
  private static final ListenAddress LOOPBACK = new ListenAddress.Tcp("127.0.0.1", 10809);

  private final Problems problems = new Problems(place -> new Where(place.toString(), 0, 0));

  private static ExportConfig export(String name, long bytes, boolean readOnly, String pool) {
    return export(name, bytes, readOnly, pool, List.of());
  }

  private static ExportConfig export(
      String name, long bytes, boolean readOnly, String pool, List<String> clients) {
    return new ExportConfig(
        name,
        Optional.empty(),
        bytes,
        readOnly,
        Optional.ofNullable(pool),
        Optional.empty(),
        Optional.empty(),
        clients);
  }

  private static ServerConfig server(TlsConfig tls, ListenAddress... addresses) {
    return new ServerConfig(
        List.of(addresses),
        256,
        256L << 20,
        64L << 20,
        Optional.empty(),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofSeconds(10),
        true,
        tls);
  }

  private List<String> broken(ServerConfig server, ExportConfig... exports) {
    DaemonRules.check(PAGE_BYTES, List.of(exports), server, problems);
    InvalidConfigurationException thrown =
        catchThrowableOfType(InvalidConfigurationException.class, problems::throwIfAny);
    return thrown == null ? List.of() : thrown.problems();
  }

  private List<String> broken(ExportConfig... exports) {
    return broken(server(NO_TLS, LOOPBACK), exports);
  }

  @Test
  void exportsThatShareNothingAreFine() {
    assertThat(broken(export("a", 1 << 20, false, null), export("b", 1 << 20, false, null)))
        .isEmpty();
  }

  @Test
  void anExportIsNeeded() {
    assertThat(broken()).containsExactly("exports: is empty; expected at least one export");
  }

  @Test
  void namesDiffer() {
    assertThat(broken(export("a", 1 << 20, true, null), export("a", 1 << 20, true, null)))
        .containsExactly(
            "exports[1].name: value 'a' is the name of another export; expected different names");
  }

  // Forbidden: two writers of one pool, each with its own idea of a page that both change in part.
  @Test
  void oneExportWritesToAPool() {
    ExportConfig writer = export("a", 1 << 20, false, "p");
    ExportConfig reader = export("b", 1 << 20, true, "p");
    assertThat(broken(writer, reader, export("p", 1 << 20, false, null)))
        .containsExactly(
            "exports[2].pool: value 'p' is the pool of the writable export 'a'; expected another"
                + " pool, or read-only");
  }

  @Test
  void sizesAreWholePagesThatAnIndexCanName() {
    assertThat(broken(export("a", (1 << 20) + 512, false, null)))
        .containsExactly(
            "exports[0].size: value '1049088B' is not a whole number of pages; expected a multiple"
                + " of 4KiB");
  }

  @Test
  void theLargestSizeIsAllOfTheIndexes() {
    long most = (1L << 32) * PAGE_BYTES;
    assertThat(broken(export("a", most, false, null))).isEmpty();
    DaemonRules.checkTogether(
        PAGE_BYTES,
        List.of(export("a", most + PAGE_BYTES, false, null)),
        server(NO_TLS, LOOPBACK),
        problems);
    assertThat(catchThrowableOfType(InvalidConfigurationException.class, problems::throwIfAny))
        .hasMessageContaining("is too large; expected at most 16TiB, which is 2^32 pages");
  }

  // Forbidden: an export that seems to be for some clients alone and is open to all.
  @Test
  void clientsAreOnlyNamedWhereSomebodyAsksForTheirCertificates() {
    ExportConfig export = export("a", 1 << 20, false, null, List.of("CN=a"));
    TlsConfig asks = new TlsConfig(TlsMode.OPTIONAL, PEM, PEM, PEM);
    assertThat(broken(server(asks, LOOPBACK), export)).isEmpty();
    TlsConfig doesNotAsk = new TlsConfig(TlsMode.REQUIRED, PEM, PEM, Optional.empty());
    assertThat(broken(server(doesNotAsk, LOOPBACK), export))
        .singleElement()
        .asString()
        .startsWith("exports[0].allowed-clients: names client certificates that nobody asks for");
  }

  @Test
  void addressesDifferUnlessAnyPortWillDo() {
    ListenAddress any = new ListenAddress.Tcp("127.0.0.1", 0);
    ExportConfig export = export("a", 1 << 20, false, null);
    assertThat(broken(server(NO_TLS, any, any, LOOPBACK), export)).isEmpty();
    assertThat(broken(server(NO_TLS, LOOPBACK, LOOPBACK), export))
        .containsExactly(
            "server.listen: holds value '127.0.0.1:10809' twice; expected different addresses");
  }

  @Test
  void encryptionNeedsCertificateAndKey() {
    TlsConfig keyless = new TlsConfig(TlsMode.OPTIONAL, PEM, Optional.empty(), Optional.empty());
    assertThat(broken(server(keyless, LOOPBACK), export("a", 1 << 20, false, null)))
        .containsExactly("server.tls.key: missing; expected a PEM file, since mode is not off");
  }

  // Forbidden: two complaints about one mistake.
  @Test
  void whatIsWrongByItselfIsNotBlamedAgain() {
    assertThat(broken(export("a", 512, false, null)))
        .singleElement()
        .asString()
        .startsWith("exports[0].size: value '512B' is out of range");
  }
}
