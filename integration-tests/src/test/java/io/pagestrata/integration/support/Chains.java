// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.core.Deduplication;
import io.pagestrata.tiers.ram.zpool.ZpoolKind;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** The shapes of chain that a whole-store test goes through. */
public enum Chains {
  RAM_FILE(options -> options),
  ZSMALLOC_FILE(options -> options.zpool(ZpoolKind.ZSMALLOC)),
  ZBUD_FILE(options -> options.zpool(ZpoolKind.ZBUD)),
  RAM_FILE_SHARED(options -> options.deduplication(Deduplication.POOL)),
  RAM_FILE_DENSER(options -> options.recompress(1, "zstd-1")),
  RAM_RAM_FILE(options -> options.ramBytes(3 << 20).denseBytes(3 << 20)),
  RAM_DENSE_FILE(options -> options.ramBytes(3 << 20).denseBytes(3 << 20).recompress(1, "zstd-1")),
  RAM_COLD_FILE(options -> options.recompress(0, "zstd-1").coldAge(Duration.ofMillis(20))),
  RAM_COLD_DENSE_FILE_SHARED(
      options ->
          options
              .ramBytes(3 << 20)
              .denseBytes(3 << 20)
              .recompress(1, "zstd-1")
              .coldAge(Duration.ofMillis(20))
              .deduplication(Deduplication.STORE)),
  RAM_DENSE_DENSEST(
      options ->
          options
              .ramBytes(3 << 20)
              .denseBytes(3 << 20)
              .recompress(1, "zstd--1")
              .recompress(2, "zstd-6"));

  private final UnaryOperator<SmallStore.Options> shape;

  Chains(UnaryOperator<SmallStore.Options> shape) {
    this.shape = shape;
  }

  public SmallStore.Options options() {
    return shape.apply(SmallStore.options());
  }
}
