// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.Pagestrata;
import io.pagestrata.RemoteTierBuilder;
import io.pagestrata.config.PromotionMode;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.TierStats;
import io.pagestrata.tiers.remote.RemoteSettings;
import io.pagestrata.tiers.remote.RemoteUri;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Stores with a remote tier whose pages stay where they are put. */
final class RemoteStores {
  private static final long MIB = 1L << 20;
  private static final long BASE_RAM_BYTES = 64 * MIB;
  private static final long SEGMENT_BYTES = 64 * MIB;
  private static final Duration PUT_WAIT = Duration.ofSeconds(30);

  /** Where the tiers of such a store stand in its chain. */
  static final int REMOTE = 1;

  static final int FILE = 2;

  private RemoteStores() {}

  /** Room for all pages in each tier. */
  static PageStore open(BenchContext bench, RemotePlace place, String part, Path directory) {
    BenchSettings settings = bench.settings();
    long pageBytes = (long) bench.pages().count() * settings.pageBytes();
    return Pagestrata.open(
        Pagestrata.builder()
            .pageSize(settings.pageBytes())
            .putWait(PUT_WAIT)
            .ram(
                ram ->
                    ram.maxSize(BASE_RAM_BYTES + 2 * pageBytes)
                        .codec(settings.codec())
                        .zpool(settings.zpool()))
            .remote(remote -> place(remote, place.access(), part, 64 * MIB + 2 * pageBytes))
            .file(
                file ->
                    file.directory(directory)
                        .maxSize(8 * SEGMENT_BYTES + 2 * pageBytes)
                        .segmentSize(SEGMENT_BYTES))
            .writeback(writeback -> writeback.promotion(PromotionMode.NEVER))
            .build());
  }

  private static void place(
      RemoteTierBuilder remote, RemoteSettings.Access access, String part, long bytes) {
    remote
        .servers(access.servers().stream().map(RemoteUri::toString).toArray(String[]::new))
        .namespace(RemotePlace.namespace(part))
        .maxSize(bytes);
    access.username().ifPresent(remote::username);
    access.passwordFile().ifPresent(remote::passwordFile);
    access.trustedCertificates().ifPresent(remote::trustedCertificates);
  }

  /** Sends everything down from a tier. */
  static void writeBack(PageStore store, int tier) throws InterruptedException {
    store.writeBack(new WritebackRequest(tier, Long.MAX_VALUE, Duration.ZERO));
  }

  static TierStats remote(PageStore store) {
    return store.stats().tiers().get(REMOTE);
  }

  static void requireRemote(PageStore store, int pages) throws IOException {
    TierStats remote = remote(store);
    if (remote.zpages() != pages) {
      throw new IOException(
          "the servers took " + remote.zpages() + " of " + pages + " pages: " + remote.state());
    }
  }
}
