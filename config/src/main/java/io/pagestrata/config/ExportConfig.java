// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import java.util.List;
import java.util.Optional;

/**
 * One block device that the daemon serves. Immutable; checked as part of a {@link DaemonConfig}.
 * What each value means stands in {@link DaemonSettings}.
 *
 * @param name name that clients ask for
 * @param description text that clients can show, or empty
 * @param bytes size of the device, a whole number of pages
 * @param readOnly whether writes are refused
 * @param pool name of the pool that holds its pages, or empty for one with the name of the export
 * @param maxConnections most connections at a time, or empty for no limit of its own
 * @param maxInFlightBytes most bytes of its requests that are being served, or empty for no limit
 *     of its own
 * @param allowedClients subjects or fingerprints of the client certificates that may attach it;
 *     empty for all clients
 * @param tenant name of the tenant who owns the pool
 */
public record ExportConfig(
    String name,
    Optional<String> description,
    long bytes,
    boolean readOnly,
    Optional<String> pool,
    Optional<Integer> maxConnections,
    Optional<Long> maxInFlightBytes,
    List<String> allowedClients,
    String tenant) {
  /**
   * Copies the list.
   *
   * @param name name that clients ask for
   * @param description text that clients can show, or empty
   * @param bytes size of the device, a whole number of pages
   * @param readOnly whether writes are refused
   * @param pool name of the pool that holds its pages, or empty for one with the name of the export
   * @param maxConnections most connections at a time, or empty for no limit of its own
   * @param maxInFlightBytes most bytes of its requests that are being served, or empty for no limit
   *     of its own
   * @param allowedClients subjects or fingerprints of certificates that may attach it
   * @param tenant name of the tenant who owns the pool
   */
  public ExportConfig {
    allowedClients = List.copyOf(allowedClients);
  }

  /**
   * An export of the default tenant.
   *
   * @param name name that clients ask for
   * @param description text that clients can show, or empty
   * @param bytes size of the device, a whole number of pages
   * @param readOnly whether writes are refused
   * @param pool name of the pool that holds its pages, or empty for one with the name of the export
   * @param maxConnections most connections at a time, or empty for no limit of its own
   * @param maxInFlightBytes most bytes of its requests that are being served, or empty for no limit
   *     of its own
   * @param allowedClients subjects or fingerprints of certificates that may attach it
   */
  public ExportConfig(
      String name,
      Optional<String> description,
      long bytes,
      boolean readOnly,
      Optional<String> pool,
      Optional<Integer> maxConnections,
      Optional<Long> maxInFlightBytes,
      List<String> allowedClients) {
    this(
        name,
        description,
        bytes,
        readOnly,
        pool,
        maxConnections,
        maxInFlightBytes,
        allowedClients,
        TenantConfig.DEFAULT.name());
  }

  static ExportConfig from(SectionDraft draft) {
    return new ExportConfig(
        draft.get(DaemonSettings.EXPORT_NAME),
        draft.get(DaemonSettings.EXPORT_DESCRIPTION),
        draft.get(DaemonSettings.EXPORT_SIZE),
        draft.get(DaemonSettings.EXPORT_READ_ONLY),
        draft.get(DaemonSettings.EXPORT_POOL),
        draft.get(DaemonSettings.EXPORT_MAX_CONNECTIONS),
        draft.get(DaemonSettings.EXPORT_MAX_IN_FLIGHT),
        draft.get(DaemonSettings.EXPORT_ALLOWED_CLIENTS),
        draft.get(DaemonSettings.EXPORT_TENANT));
  }

  /**
   * Name of the pool that holds the pages.
   *
   * @return the one given, or the name of the export
   */
  public String poolName() {
    return pool.orElse(name);
  }
}
