// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.bench;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.daemon.input.TemporaryDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A store with pages on disk, on servers and in RAM, in which one thread reads those on servers at
 * a steady pace while the caller reads the others as fast as it can.
 */
final class RemoteTraffic implements AutoCloseable {
  /** Or that thread would take more of the processors while the servers do not slow it down. */
  private static final long PACE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private static final int MOST_PAGES = 1000;
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final BenchContext bench;
  private final TemporaryDirectory directory;
  private final PageStore store;
  private final Pool pool;
  private final int third;
  private final ByteBuffer target;
  private final Thread reader = new Thread(this::readRemote, "bench-remote-reads");
  private volatile boolean done;
  private volatile Throwable failure;

  RemoteTraffic(BenchContext bench, RemotePlace place, String part)
      throws IOException, InterruptedException {
    this.bench = bench;
    third = Math.min(MOST_PAGES, bench.pages().count() / 3);
    target = ByteBuffer.allocateDirect(bench.pages().pageBytes());
    directory = bench.newDirectory();
    try {
      store = RemoteStores.open(bench, place, part, directory.path());
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
    pool = store.createPool(part, PoolKind.PERSISTENT);
    try {
      fill();
    } catch (IOException | InterruptedException | RuntimeException e) {
      closeStore();
      throw e;
    }
    reader.start();
  }

  private void fill() throws IOException, InterruptedException {
    StorePasses.put(store, pool, 0, bench.pages(), 0, third);
    RemoteStores.writeBack(store, 0);
    RemoteStores.writeBack(store, RemoteStores.REMOTE);
    StorePasses.put(store, pool, 0, bench.pages(), third, 2 * third);
    RemoteStores.writeBack(store, 0);
    StorePasses.put(store, pool, 0, bench.pages(), 2 * third, 3 * third);
    RemoteStores.requireRemote(store, third);
  }

  private void readRemote() {
    ByteBuffer own = ByteBuffer.allocateDirect(bench.pages().pageBytes());
    try {
      for (int i = 0; !done; i = (i + 1) % third) {
        if (!store.get(pool, 0, third + i, own.clear())) {
          throw new IllegalStateException("page " + (third + i) + " is gone");
        }
        LockSupport.parkNanos(PACE_NANOS);
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Gets of pages from RAM and disk, in turn, in a second; until something holds. */
  double rateUntil(BooleanSupplier end) throws StoppedException {
    long gets = 0;
    long start = System.nanoTime();
    while (!end.getAsBoolean()) {
      StoppedException.throwIf(bench.stop());
      int page = (int) (gets / 2 % third) + (gets % 2 == 0 ? 0 : 2 * third);
      if (!store.get(pool, 0, page, target.clear())) {
        throw new IllegalStateException("page " + page + " is gone");
      }
      gets++;
    }
    double rate = gets * NANOS_PER_SECOND / (System.nanoTime() - start);
    if (failure != null) {
      throw new IllegalStateException("reading pages of servers failed", failure);
    }
    return rate;
  }

  double rateFor(long nanos) throws StoppedException {
    long start = System.nanoTime();
    return rateUntil(() -> System.nanoTime() - start >= nanos);
  }

  PageStore store() {
    return store;
  }

  private void closeStore() throws IOException {
    store.close();
    directory.close();
  }

  @Override
  public void close() throws IOException {
    done = true;
    try {
      reader.join();
    } catch (InterruptedException e) {
      // Then it ends with the store.
      Thread.currentThread().interrupt();
    }
    closeStore();
  }
}
