// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import java.nio.ByteBuffer;

/** What is measured: passes over all sample pages through a store. */
final class StorePasses {
  private StorePasses() {}

  /** Puts pages from first to end under their numbers in an object. */
  static long put(PageStore store, Pool pool, long object, SamplePages pages, int first, int end) {
    ByteBuffer source = pages.view();
    long start = System.nanoTime();
    for (int i = first; i < end; i++) {
      source.position(pages.offset(i));
      StoreFullException.throwIfRefused(store.put(pool, object, i, source));
    }
    return System.nanoTime() - start;
  }

  static long putAll(PageStore store, Pool pool, long object, SamplePages pages) {
    return put(store, pool, object, pages, 0, pages.count());
  }

  /** Gets pages in the given order. */
  static long get(PageStore store, Pool pool, int[] order, int first, int end, ByteBuffer target) {
    long start = System.nanoTime();
    for (int i = first; i < end; i++) {
      if (!store.get(pool, 0, order[i], target)) {
        throw new IllegalStateException("page is gone");
      }
    }
    long nanos = System.nanoTime() - start;
    Sink.take(target);
    return nanos;
  }

  /** A benchmark that returns wrong pages is worth nothing: compares every page with the sample. */
  static void verify(PageStore store, Pool pool, SamplePages pages) {
    ByteBuffer source = pages.view();
    ByteBuffer target = ByteBuffer.allocateDirect(pages.pageBytes());
    for (int i = 0; i < pages.count(); i++) {
      target.clear();
      source.limit(pages.offset(i) + pages.pageBytes()).position(pages.offset(i));
      if (!store.get(pool, 0, i, target) || !target.equals(source)) {
        throw new IllegalStateException("page " + i + " came back wrong");
      }
    }
  }
}
