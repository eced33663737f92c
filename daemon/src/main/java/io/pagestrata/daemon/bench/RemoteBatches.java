// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.tier.ZpageBatch;
import io.pagestrata.daemon.input.InputException;
import io.pagestrata.tiers.remote.BareClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The same zpages twice: as batches for the tier, and as keys and values for a bare client. */
final class RemoteBatches {
  /** As many as the tier puts under one hash tag. */
  static final int ZPAGES = 64;

  /** A batch of a store has room for at least as many zpages as this many pages have bytes. */
  private static final int LEAST_PAGES_OF_ROOM = ZPAGES / 8;

  /**
   * One batch.
   *
   * @param zpages for the tier
   * @param keys for the bare client
   * @param values by their keys
   */
  record Batch(ZpageBatch zpages, byte[][] keys, Map<byte[], byte[]> values) {}

  private RemoteBatches() {}

  /** All whole batches that the sample has. */
  static List<Batch> of(BareZpages zpages, SamplePages pages, BareClient bare)
      throws InputException {
    if (pages.count() < ZPAGES) {
      throw new InputException("the input has " + pages.count() + " pages; expected 64 at least");
    }
    List<Batch> all = new ArrayList<>();
    for (int i = 0; i < pages.count() / ZPAGES; i++) {
      all.add(batch(zpages, pages.pageBytes(), i * ZPAGES, bare.keys(i, ZPAGES)));
    }
    return all;
  }

  private static Batch batch(BareZpages zpages, int pageBytes, int first, byte[][] keys) {
    int alignment = ZpageBatch.recordAlignment(pageBytes);
    int bytes = LEAST_PAGES_OF_ROOM * pageBytes;
    int padded = 0;
    for (int i = first; i < first + ZPAGES; i++) {
      padded += (zpages.zpageBytes(i) + alignment - 1) & -alignment;
    }
    ZpageBatch batch =
        new ZpageBatch(ByteBuffer.allocateDirect(Math.max(bytes, padded)), pageBytes);
    // Arrays are equal when they are the same, which is all that a client needs.
    Map<byte[], byte[]> values = new IdentityHashMap<>();
    ByteBuffer packed = zpages.packed();
    for (int i = 0; i < ZPAGES; i++) {
      int page = first + i;
      if (!batch.add(packed, zpages.offset(page), zpages.zpageBytes(page), 0)) {
        throw new IllegalStateException("a batch is too small");
      }
      byte[] value = new byte[zpages.zpageBytes(page)];
      packed.get(zpages.offset(page), value);
      values.put(keys[i], value);
    }
    return new Batch(batch, keys, values);
  }
}
