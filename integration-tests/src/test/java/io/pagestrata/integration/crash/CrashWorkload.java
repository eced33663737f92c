// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.TierFailureException;
import io.pagestrata.integration.crash.CrashModel.Key;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/**
 * A seeded run of everything that a durable store does, step by step in one thread, with its model
 * kept up to date before and after each step.
 */
final class CrashWorkload {
  private static final int OBJECTS = 2;
  private static final int INDEXES = 40;

  /** More than faults by chance can use up. */
  private static final int MOST_ATTEMPTS = 10_000;

  /** Leaves hold 512 pages: these lie in two. */
  private static final int FIRST_INDEX = 512 - INDEXES / 2;

  private static final List<String> POOLS = List.of("a", "b", "c");

  private final SegmentFiles disk;
  private final Random random;
  private final ByteBuffer page = ByteBuffer.allocateDirect(CrashStore.PAGE_BYTES);
  private CrashModel model = new CrashModel();
  private CrashSetup setup;
  private CrashStore open;
  private int lastVersion = CrashModel.EQUAL_VERSIONS;
  private long sharedBefore;
  private long trainedBefore;
  private int syncs;
  private int openFailures;

  CrashWorkload(SegmentFiles disk, Random random, CrashSetup setup) {
    this.disk = disk;
    this.random = random;
    this.setup = setup;
    open = new CrashStore(disk, setup);
  }

  CrashModel model() {
    return model;
  }

  int openFailures() {
    return openFailures;
  }

  /** Puts that shared their page. */
  long shared() {
    return sharedBefore + open.shared();
  }

  /** Dictionaries that were trained. */
  long trained() {
    return trainedBefore + open.trained();
  }

  /** What is open now. */
  CrashSetup setup() {
    return setup;
  }

  int syncs() {
    return syncs;
  }

  /** Goes on with a store that somebody else has used. */
  void goOnFrom(CrashModel shown, int highestVersion) {
    model = CrashModel.shownBy(open.store, shown, page);
    lastVersion = highestVersion;
  }

  int lastVersion() {
    return lastVersion;
  }

  CrashStore store() {
    return open;
  }

  void step() throws IOException {
    PageStore store = open.store;
    Key key =
        new Key(
            POOLS.get(random.nextInt(POOLS.size())),
            random.nextInt(OBJECTS),
            FIRST_INDEX + random.nextInt(INDEXES));
    Pool pool = store.pool(key.pool()).orElse(null);
    int dice = random.nextInt(1000);
    if (dice < 90) {
      sync();
    } else if (dice < 290) {
      open.stepWriteback();
    } else if (dice < 300) {
      open.stepDictionaries();
    } else if (dice < 450) {
      maintain();
    } else if (dice < 456) {
      reopen();
    } else if (pool == null) {
      create(key.pool());
    } else if (dice < 460) {
      destroy(pool);
    } else if (dice < 790) {
      put(pool, key);
    } else if (dice < 880) {
      remove(pool, key);
    } else if (dice < 900) {
      removeRange(pool, key, 1 + random.nextInt(INDEXES));
    } else if (dice < 905) {
      removeObject(pool, key);
    } else if (dice < 940) {
      take(pool, key);
    } else {
      store.get(pool, key.object(), key.index(), page);
    }
  }

  private void sync() {
    try {
      open.store.sync();
      model.synced();
      syncs++;
    } catch (TierFailureException e) {
      // Nothing is promised.
    }
  }

  private void maintain() {
    try {
      open.maintain();
    } catch (IOException e) {
      // The next step tries again.
    }
  }

  private void reopen() {
    sharedBefore += open.shared();
    trainedBefore += open.trained();
    try {
      open.close();
      model.synced();
    } catch (TierFailureException e) {
      // As after a crash of the process.
    }
    setup = setup.changed(random);
    open = openAgain();
    model = CrashModel.shownBy(open.store, checked(), page);
  }

  /** A disk that fails while the store opens keeps it closed, until it opens. */
  private CrashStore openAgain() {
    RuntimeException last = null;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      try {
        return new CrashStore(disk, setup);
      } catch (TierFailureException | UncheckedIOException e) {
        openFailures++;
        last = e;
      }
    }
    throw new AssertionError("the store does not open any more", last);
  }

  private CrashModel checked() {
    model.check(open.store, page);
    return model;
  }

  private void create(String name) {
    model.poolIsUnsure(name);
    try {
      open.store.createPool(name, PoolKind.PERSISTENT);
      model.poolIsThere(name);
    } catch (TierFailureException e) {
      // It may be found after a crash.
    }
  }

  private void destroy(Pool pool) {
    model.poolIsUnsure(pool.name());
    try {
      open.store.destroyPool(pool);
      model.poolIsGone(pool.name());
    } catch (TierFailureException e) {
      // It may be gone after a crash.
    }
  }

  private void put(Pool pool, Key key) {
    boolean equal = random.nextInt(3) == 0;
    int version = equal ? 1 + random.nextInt(CrashModel.EQUAL_VERSIONS) : ++lastVersion;
    CrashModel.fill(page, key, version);
    model.begins(key, version);
    if (open.store.put(pool, key.object(), key.index(), page).isStored()) {
      model.ends(key, version);
    }
  }

  private void remove(Pool pool, Key key) {
    model.begins(key, CrashModel.ABSENT);
    open.store.flush(pool, key.object(), key.index());
    model.ends(key, CrashModel.ABSENT);
  }

  private void take(Pool pool, Key key) {
    model.begins(key, CrashModel.ABSENT);
    open.store.take(pool, key.object(), key.index(), page);
    model.ends(key, CrashModel.ABSENT);
  }

  private void removeRange(Pool pool, Key first, int count) {
    for (int i = 0; i < count; i++) {
      model.begins(new Key(first.pool(), first.object(), first.index() + i), CrashModel.ABSENT);
    }
    open.store.flushRange(pool, first.object(), first.index(), count);
    for (int i = 0; i < count; i++) {
      model.ends(new Key(first.pool(), first.object(), first.index() + i), CrashModel.ABSENT);
    }
  }

  private void removeObject(Pool pool, Key any) {
    for (Key key : model.keys()) {
      if (key.pool().equals(any.pool()) && key.object() == any.object()) {
        model.begins(key, CrashModel.ABSENT);
      }
    }
    open.store.flushObject(pool, any.object());
    for (Key key : model.keys()) {
      if (key.pool().equals(any.pool()) && key.object() == any.object()) {
        model.ends(key, CrashModel.ABSENT);
      }
    }
  }
}
