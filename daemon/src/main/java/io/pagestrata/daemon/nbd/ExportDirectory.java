// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.pagestrata.core.PageStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The exports of a server by name; the empty name is the first one. Immutable. */
final class ExportDirectory {
  /**
   * An export with the one object that does its input and output, shared by all its connections.
   *
   * @param settings what is exported
   * @param io does the work
   * @param share what its connections may hold
   */
  record Export(NbdExport settings, PageIo io, ExportShare share) {
    /** Whether a client with these names may use it. */
    boolean allows(Set<String> clientNames) {
      return settings.allowedClients().isEmpty()
          || settings.allowedClients().stream().anyMatch(clientNames::contains);
    }
  }

  private static final Logger LOG = LogManager.getLogger(ExportDirectory.class);

  private final Map<String, Export> byName = new LinkedHashMap<>();

  ExportDirectory(List<NbdExport> exports, InFlight all) {
    for (NbdExport export : exports) {
      ExportShare share = new ExportShare(export.limits(), all);
      RefusalLog refusals =
          new RefusalLog(
              export.name(), () -> tierStates(export.store()), System::nanoTime, LOG::warn);
      Export served = new Export(export, new PageIo(export, refusals::refused), share);
      if (byName.put(export.name(), served) != null) {
        throw new IllegalArgumentException("two exports are named '" + export.name() + "'");
      }
    }
    if (byName.isEmpty()) {
      throw new IllegalArgumentException("a server needs an export");
    }
  }

  private static String tierStates(PageStore store) {
    return store.stats().tiers().stream()
        .map(tier -> tier.name() + " " + tier.state().toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  Iterable<Export> all() {
    return byName.values();
  }

  Optional<Export> find(String name) {
    Export named = byName.get(name);
    return named == null && name.isEmpty()
        ? byName.values().stream().findFirst()
        : Optional.ofNullable(named);
  }
}
