// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import java.util.List;

/**
 * The whole configuration of a daemon: a store, and how it is served. Immutable, thread-safe, and
 * valid, as a {@link PagestrataConfig} is.
 *
 * @param store the store that holds all pages
 * @param exports the block devices, at least one
 * @param server addresses, encryption and limits
 */
public record DaemonConfig(
    PagestrataConfig store, List<ExportConfig> exports, ServerConfig server) {
  /**
   * Checks the whole.
   *
   * @param store the store that holds all pages
   * @param exports the block devices, at least one; copied
   * @param server addresses, encryption and limits
   * @throws InvalidConfigurationException with all problems, when there are any
   */
  public DaemonConfig {
    exports = List.copyOf(exports);
    Problems problems = new Problems(place -> new Where(place.toString(), 0, 0));
    DaemonRules.check(store.pageBytes(), exports, server, problems);
    DaemonRules.checkStore(exports, store.tenants(), store.policies(), problems);
    problems.throwIfAny();
  }
}
