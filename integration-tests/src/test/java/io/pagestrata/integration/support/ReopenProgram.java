// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.support;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.PageStoreException;
import io.pagestrata.core.Pool;
import io.pagestrata.core.tier.RecoveryStats;
import io.pagestrata.tiers.file.index.IndexMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A program that opens the store of {@link IndexProgram}, says what it found, and puts the next
 * version of every page.
 */
public final class ReopenProgram {
  private ReopenProgram() {}

  /** What it says when all pages have this version. */
  public static String found(long version, boolean fromIndex) {
    return "every page has version " + version + (fromIndex ? ", as the index says" : "");
  }

  public static void main(String[] args) {
    long version = Long.parseLong(args[2]);
    try (PageStore store = IndexProgram.open(Path.of(args[0]), IndexMode.valueOf(args[1]))) {
      Pool pool = store.pool("pages").orElseThrow();
      ByteBuffer page = ByteBuffer.allocateDirect(SmallStore.PAGE_BYTES);
      for (int i = 0; i < IndexProgram.PAGES; i++) {
        if (!store.get(pool, 1, i, page) || VersionedPages.read(page, i) != version) {
          throw new IllegalStateException("page " + i + " is another one");
        }
      }
      RecoveryStats recovery = store.stats().tiers().get(1).recovery();
      boolean fromIndex = recovery.segmentsFromIndex() == recovery.segments();
      System.out.println(found(version, fromIndex));
      IndexProgram.putAll(store, pool, version + 1);
    } catch (PageStoreException e) {
      System.out.println(e.getMessage());
    }
  }
}
