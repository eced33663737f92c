// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.IncompressiblePages;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What makes the part of a configuration valid that only the daemon reads. Stateless. */
final class DaemonRules {
  /** A page index has 32 bits. */
  private static final long MOST_PAGES = 1L << 32;

  private static final Place TLS_MODE = Place.of(DaemonSettings.TLS, DaemonSettings.TLS_MODE);
  private static final Place TLS_CLIENT_CA =
      Place.of(DaemonSettings.TLS, DaemonSettings.TLS_CLIENT_CA);

  private DaemonRules() {}

  /** Checks every value, then how they fit together. */
  static void check(
      int pageBytes, List<ExportConfig> exports, ServerConfig server, Problems problems) {
    for (int i = 0; i < exports.size(); i++) {
      Rules.checkValues(i, DaemonSettings.EXPORT, exports.get(i), problems);
    }
    Rules.checkValues(Place.IN_NO_LIST, DaemonSettings.SERVER, server, problems);
    Rules.checkValues(Place.IN_NO_LIST, DaemonSettings.TLS, server.tls(), problems);
    checkTogether(pageBytes, exports, server, problems);
  }

  /** Checks how values fit together that are each allowed. */
  static void checkTogether(
      int pageBytes, List<ExportConfig> exports, ServerConfig server, Problems problems) {
    if (exports.isEmpty() && problems.isSound(Place.EXPORTS)) {
      problems.add(Place.EXPORTS, "is empty; expected at least one export");
    }
    checkNames(exports, problems);
    checkPools(exports, problems);
    for (int i = 0; i < exports.size(); i++) {
      checkSize(i, exports.get(i), pageBytes, problems);
      checkClients(i, exports.get(i), server.tls(), problems);
    }
    checkListen(server.listen(), problems);
    checkTls(server.tls(), problems);
  }

  /** Checks that the store can do what its exports ask for. */
  static void checkStore(
      List<ExportConfig> exports,
      List<TenantConfig> tenants,
      PoliciesConfig policies,
      Problems problems) {
    TenantRules.checkExports(exports, tenants, problems);
    if (policies.incompressiblePages() == IncompressiblePages.REFUSE_TO_RAM) {
      problems.addIfSound(
          "value 'refuse-to-ram' would refuse pages of block devices; expected keep or"
              + " write-back-first",
          Place.of(PolicySettings.POLICIES, PolicySettings.INCOMPRESSIBLE_PAGES));
    }
  }

  private static void checkNames(List<ExportConfig> exports, Problems problems) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < exports.size(); i++) {
      if (!seen.add(exports.get(i).name())) {
        problems.addIfSound(
            Words.quote(exports.get(i).name())
                + " is the name of another export; expected different names",
            Place.ofExport(i, DaemonSettings.EXPORT_NAME));
      }
    }
  }

  /** A sub-page write reads, changes and writes a page: two exports would not see each other's. */
  private static void checkPools(List<ExportConfig> exports, Problems problems) {
    Map<String, String> writers = new HashMap<>();
    for (int i = 0; i < exports.size(); i++) {
      ExportConfig export = exports.get(i);
      if (!export.readOnly()) {
        String writer = writers.putIfAbsent(export.poolName(), export.name());
        if (writer != null && !writer.equals(export.name())) {
          problems.addIfSound(
              Words.quote(export.poolName())
                  + " is the pool of the writable export '"
                  + writer
                  + "'; expected another pool, or read-only",
              Place.ofExport(i, DaemonSettings.EXPORT_POOL));
        }
      }
    }
  }

  private static void checkSize(int number, ExportConfig export, int pageBytes, Problems problems) {
    if (export.bytes() % pageBytes != 0) {
      problems.addIfSound(
          Words.quote(Units.formatBytes(export.bytes()))
              + " is not a whole number of pages; expected a multiple of "
              + Units.formatBytes(pageBytes),
          Place.ofExport(number, DaemonSettings.EXPORT_SIZE),
          Place.of(Settings.STORE, Settings.PAGE_SIZE));
    }
    long mostBytes = MOST_PAGES * pageBytes;
    if (export.bytes() > mostBytes) {
      problems.addIfSound(
          Words.quote(Units.formatBytes(export.bytes()))
              + " is too large; expected at most "
              + Units.formatBytes(mostBytes)
              + ", which is 2^32 pages",
          Place.ofExport(number, DaemonSettings.EXPORT_SIZE),
          Place.of(Settings.STORE, Settings.PAGE_SIZE));
    }
  }

  private static void checkClients(
      int number, ExportConfig export, TlsConfig tls, Problems problems) {
    if (!export.allowedClients().isEmpty()
        && (tls.mode() == TlsMode.OFF || tls.clientCa().isEmpty())) {
      problems.addIfSound(
          "names client certificates that nobody asks for; expected server.tls.mode optional or"
              + " required, and server.tls.client-ca",
          Place.ofExport(number, DaemonSettings.EXPORT_ALLOWED_CLIENTS),
          TLS_MODE,
          TLS_CLIENT_CA);
    }
  }

  /** Port 0 is a free one, another each time. */
  private static void checkListen(List<ListenAddress> addresses, Problems problems) {
    Set<ListenAddress> seen = new HashSet<>();
    for (ListenAddress address : addresses) {
      boolean anyPort = address instanceof ListenAddress.Tcp tcp && tcp.port() == 0;
      if (!anyPort && !seen.add(address)) {
        problems.addIfSound(
            "holds " + Words.quote(address.text()) + " twice; expected different addresses",
            Place.of(DaemonSettings.SERVER, DaemonSettings.SERVER_LISTEN));
      }
    }
  }

  private static void checkTls(TlsConfig tls, Problems problems) {
    checkTlsFile(tls, tls.certificate(), DaemonSettings.TLS_CERTIFICATE, problems);
    checkTlsFile(tls, tls.key(), DaemonSettings.TLS_KEY, problems);
  }

  private static void checkTlsFile(
      TlsConfig tls, Optional<Path> file, Setting<Optional<Path>> setting, Problems problems) {
    if (tls.mode() != TlsMode.OFF && file.isEmpty()) {
      problems.addIfSound(
          "missing; expected a PEM file, since mode is not off",
          Place.of(DaemonSettings.TLS, setting),
          TLS_MODE);
    }
  }
}
