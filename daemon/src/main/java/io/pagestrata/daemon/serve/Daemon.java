// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.serve;

import io.pagestrata.Pagestrata;
import io.pagestrata.config.DaemonConfig;
import io.pagestrata.config.ExportConfig;
import io.pagestrata.config.ListenAddress;
import io.pagestrata.config.MachineCheck;
import io.pagestrata.config.TlsMode;
import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PoolSpec;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.core.stats.StoreStats;
import io.pagestrata.daemon.nbd.NbdAddress;
import io.pagestrata.daemon.nbd.NbdExport;
import io.pagestrata.daemon.nbd.NbdServer;
import io.pagestrata.daemon.serve.StartException.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store and the server of its exports, both running. Closing it lets the server answer what it
 * has begun, bounded by {@code stop-timeout}, then closes the store, bounded by {@code close-wait}.
 * Started and closed by one thread.
 */
public final class Daemon implements AutoCloseable {
  /** A device is one object of its pool. */
  private static final long OBJECT = 0;

  private final DaemonConfig config;
  private final PageStore store;
  private final NbdServer server;
  private final List<String> warnings;
  private final List<Attachment> attachments;

  private Daemon(DaemonConfig config, PageStore store, NbdServer server, List<String> warnings) {
    this.config = config;
    this.store = store;
    this.server = server;
    this.warnings = warnings;
    attachments = attachments(config, server.addresses());
  }

  /**
   * Opens the store and listens. When anything fails, everything is closed again.
   *
   * @param config a valid configuration
   * @return a daemon that serves
   * @throws StartException when this machine cannot do what the configuration asks for
   */
  public static Daemon start(DaemonConfig config) throws StartException {
    List<String> tlsProblems = MachineCheck.tlsProblems(config);
    if (!tlsProblems.isEmpty()) {
      throw new StartException(Fault.TLS, String.join(System.lineSeparator(), tlsProblems));
    }
    List<String> warnings = new ArrayList<>(Exposure.warnings(config.server()));
    warnings.addAll(MachineCheck.warnings(config.store()));
    PageStore store = openStore(config);
    try {
      List<NbdExport> exports = exports(config, store);
      warnings.addAll(PoolUse.warnings(config, store, OBJECT));
      return new Daemon(config, store, startServer(config, exports), List.copyOf(warnings));
    } catch (StartException | RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  private static PageStore openStore(DaemonConfig config) throws StartException {
    try {
      return Pagestrata.open(config.store());
    } catch (InvalidConfigurationException e) {
      throw new StartException(Fault.TIER, e.getMessage(), e);
    } catch (TierFailureException e) {
      throw new StartException(Fault.TIER, e.getMessage(), e);
    }
  }

  private static NbdServer startServer(DaemonConfig config, List<NbdExport> exports)
      throws StartException {
    NbdServer server;
    try {
      server = new NbdServer(ServerParts.settings(config.server()), exports);
    } catch (IOException e) {
      throw new StartException(Fault.TLS, e.getMessage(), e);
    }
    try {
      server.start();
      return server;
    } catch (IOException e) {
      throw new StartException(Fault.ADDRESS, e.getMessage(), e);
    }
  }

  private static List<NbdExport> exports(DaemonConfig config, PageStore store) {
    Map<String, Pool> pools = new HashMap<>();
    List<NbdExport> exports = new ArrayList<>();
    for (ExportConfig export : config.exports()) {
      Pool pool =
          pools.computeIfAbsent(
              export.poolName(),
              name ->
                  store
                      .pool(name)
                      .orElseGet(
                          () ->
                              store.createPool(
                                  PoolSpec.of(name, PoolKind.PERSISTENT)
                                      .ownedBy(export.tenant()))));
      exports.add(
          new NbdExport(
              export.name(),
              export.description().orElse(""),
              export.bytes(),
              export.readOnly(),
              new HashSet<>(export.allowedClients()),
              ServerParts.limits(export),
              store,
              pool,
              OBJECT));
    }
    return exports;
  }

  /**
   * What it was started with.
   *
   * @return the configuration
   */
  public DaemonConfig config() {
    return config;
  }

  /**
   * What its store counts.
   *
   * @return as of now
   */
  public StoreStats stats() {
    return store.stats();
  }

  /**
   * What the operator should know: who can reach it, what does not fit the machine, and which pages
   * nobody can reach.
   *
   * @return one line for each
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * How clients reach the exports, with the ports that were really taken.
   *
   * @return every export at every address, export by export
   */
  public List<Attachment> attachments() {
    return attachments;
  }

  private static List<Attachment> attachments(DaemonConfig config, List<NbdAddress> addresses) {
    boolean encrypted = config.server().tls().mode() == TlsMode.REQUIRED;
    List<Attachment> attachments = new ArrayList<>();
    for (ExportConfig export : config.exports()) {
      for (NbdAddress address : addresses) {
        ListenAddress given = listenAddress(address);
        Optional<ListenAddress> loopback = Exposure.loopbackOfAll(given);
        attachments.add(
            new Attachment(loopback.orElse(given), loopback.isPresent(), export, encrypted));
      }
    }
    return List.copyOf(attachments);
  }

  private static ListenAddress listenAddress(NbdAddress address) {
    return address instanceof NbdAddress.Unix unix
        ? new ListenAddress.Unix(unix.path())
        : new ListenAddress.Tcp(
            ((NbdAddress.Tcp) address).host(), ((NbdAddress.Tcp) address).port());
  }

  @Override
  public void close() {
    try {
      server.close();
    } finally {
      store.close();
    }
  }
}
