// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.integration.crash.CrashModel.Key;
import io.pagestrata.integration.support.Storm;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One user of a store that has faults and crashes: random operations on a pool of its own, with its
 * model. The model changes before and after an operation, each time under a lock, so that at any
 * moment it says what a crash then may leave. Steps belong to one thread.
 */
final class SoakWorker implements Storm.Step {
  private static final int OBJECTS = 3;
  private static final int INDEXES = 700;

  private final String name;
  private final Random random;
  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private final Lock modelLock = new ReentrantLock();
  private CrashModel model = new CrashModel();
  private PageStore store;
  private int lastVersion;
  private long steps;
  private long syncs;

  SoakWorker(String name, Random random) {
    this.name = name;
    this.random = random;
  }

  /** Held while the model must not change. */
  Lock modelLock() {
    return modelLock;
  }

  /** Goes on with another store, which shows what the model allows. */
  void use(PageStore opened) {
    store = opened;
    model.check(store, page);
    model = CrashModel.shownBy(store, model, page);
  }

  /** What a crash now may leave. */
  CrashModel image() {
    return model.copy();
  }

  /** Goes back to what was the model at the moment of a crash. */
  void crashed(CrashModel at) {
    model = at;
  }

  /** Everything was written down. */
  void synced() {
    model.synced();
  }

  long steps() {
    return steps;
  }

  long syncs() {
    return syncs;
  }

  @Override
  public void run() {
    steps++;
    Key key = new Key(name, random.nextInt(OBJECTS), index());
    Pool pool = store.pool(name).orElse(null);
    int dice = random.nextInt(10_000);
    try {
      if (pool == null) {
        model(() -> model.poolIsUnsure(name));
        store.createPool(name, PoolKind.PERSISTENT);
        model(() -> model.poolIsThere(name));
      } else if (dice < 5) {
        model(() -> model.poolIsUnsure(name));
        store.destroyPool(pool);
        model(() -> model.poolIsGone(name));
      } else if (dice < 60) {
        store.sync();
        model(model::synced);
        syncs++;
      } else if (dice < 4500) {
        put(pool, key);
      } else if (dice < 5200) {
        model(() -> model.begins(key, CrashModel.ABSENT));
        store.flush(pool, key.object(), key.index());
        model(() -> model.ends(key, CrashModel.ABSENT));
      } else if (dice < 5500) {
        take(pool, key);
      } else {
        assertShown(key, store.get(pool, key.object(), key.index(), page));
      }
    } catch (TierFailureException e) {
      // The disk has a fault just now: nothing changed that the model does not allow.
    }
  }

  /** Squared, so that low indexes are hot. */
  private int index() {
    return (int) (random.nextDouble() * random.nextDouble() * INDEXES);
  }

  private void model(Runnable change) {
    modelLock.lock();
    try {
      change.run();
    } finally {
      modelLock.unlock();
    }
  }

  private void put(Pool pool, Key key) {
    int version = ++lastVersion;
    CrashModel.fill(page, key, version);
    model(() -> model.begins(key, version));
    PutOutcome outcome = store.put(pool, key.object(), key.index(), page);
    if (outcome.isStored()) {
      model(() -> model.ends(key, version));
    } else {
      // While the disk fails, RAM has no room for zpages, and none for a leaf of the page table.
      assertThat(outcome)
          .as("put of %s", key)
          .isIn(PutOutcome.REFUSED_FULL, PutOutcome.REFUSED_TABLE_FULL);
    }
  }

  private void take(Pool pool, Key key) {
    model(() -> model.begins(key, CrashModel.ABSENT));
    assertShown(key, store.take(pool, key.object(), key.index(), page));
    model(() -> model.ends(key, CrashModel.ABSENT));
  }

  private void assertShown(Key key, boolean found) {
    long[] expected = new long[1];
    // Under the lock, since the model makes an entry for what it is asked about.
    model(() -> expected[0] = model.now(key));
    assertThat(found ? page.getLong(0) : CrashModel.ABSENT)
        .as("version of %s", key)
        .isEqualTo(expected[0]);
  }

  /** Reads every page that was ever there, while nothing fails. */
  void checkAll() {
    Pool pool = store.pool(name).orElse(null);
    for (Key key : model.keys()) {
      if (pool != null) {
        assertShown(key, store.get(pool, key.object(), key.index(), page));
      }
    }
  }
}
