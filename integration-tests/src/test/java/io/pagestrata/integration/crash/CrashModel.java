// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.PageStore;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What may be found after a crash: of each page the content, or absence, of the last operation that
 * a sync has covered, or that of any later one. For one thread.
 */
final class CrashModel {
  /** Version of a page that is absent. */
  static final int ABSENT = 0;

  private static final int NOISE_BYTES = 3000;
  private static final int PHRASE_BYTES = 512;
  private static final int VERSIONS_OF_A_PHRASE = 500;

  /** A page of a pool, by the pool's name. */
  record Key(String pool, long object, int index) {}

  private static final class Versions {
    private int now = ABSENT;
    private final Set<Integer> allowed = new HashSet<>(Set.of(ABSENT));
  }

  private enum PoolState {
    THERE,
    UNSURE,
    GONE
  }

  private final ByteBuffer expected = ByteBuffer.allocate(CrashStore.PAGE_BYTES);
  private final Map<Key, Versions> pages = new HashMap<>();
  private final Map<String, PoolState> pools = new HashMap<>();

  /** Versions up to this are the same page for every key. */
  static final int EQUAL_VERSIONS = 5;

  /**
   * Content of a page: noise of some length and a phrase that it has in common with pages of about
   * its time, or a word again and again.
   */
  static void fill(ByteBuffer page, Key key, int version) {
    long name = version <= EQUAL_VERSIONS ? 0 : key.hashCode();
    long noise = mix(name * 31L + version);
    int kind = (int) (noise >>> 32) % 10;
    int noiseBytes = kind == 1 ? page.capacity() : (int) (noise >>> 40) % NOISE_BYTES;
    page.putLong(0, version);
    for (int i = 8; i < page.capacity(); i += 8) {
      noise = mix(noise);
      page.putLong(i, kind == 0 ? version : i < noiseBytes ? noise : phrase(i, version));
    }
  }

  private static long phrase(int at, int version) {
    return at < NOISE_BYTES || at >= NOISE_BYTES + PHRASE_BYTES
        ? 0
        : mix(mix(at) + version / VERSIONS_OF_A_PHRASE);
  }

  private static long mix(long x) {
    long mixed = (x + 1) * 0x9E37_79B9_7F4A_7C15L;
    return mixed ^ mixed >>> 29;
  }

  /** The version of a page, after a look at every byte. */
  private int version(ByteBuffer page, Key key) {
    int version = (int) page.getLong(0);
    fill(expected, key, version);
    assertThat(page.mismatch(expected))
        .as("%s of version %d differs at", key, version)
        .isNegative();
    return version;
  }

  private Versions of(Key key) {
    return pages.computeIfAbsent(key, absent -> new Versions());
  }

  int now(Key key) {
    return of(key).now;
  }

  Set<Key> keys() {
    return Set.copyOf(pages.keySet());
  }

  /** An operation that makes this the version of a page begins. */
  void begins(Key key, int version) {
    of(key).allowed.add(version);
  }

  void ends(Key key, int version) {
    of(key).now = version;
  }

  /** A sync has succeeded, or a close in order. */
  void synced() {
    for (Versions versions : pages.values()) {
      versions.allowed.clear();
      versions.allowed.add(versions.now);
    }
  }

  void poolIsUnsure(String name) {
    pools.put(name, PoolState.UNSURE);
  }

  void poolIsThere(String name) {
    pools.put(name, PoolState.THERE);
  }

  void poolIsGone(String name) {
    pools.put(name, PoolState.GONE);
    pages.keySet().removeIf(key -> key.pool().equals(name));
  }

  /** Compares a store that was opened after a crash. */
  void check(PageStore store, ByteBuffer page) {
    pools.forEach(
        (name, state) -> {
          Optional<Pool> pool = store.pool(name);
          if (state != PoolState.UNSURE) {
            assertThat(pool.isPresent()).as("pool %s", name).isEqualTo(state == PoolState.THERE);
          }
          pool.ifPresent(found -> assertThat(found.kind()).isEqualTo(PoolKind.PERSISTENT));
        });
    pages.forEach(
        (key, versions) ->
            store
                .pool(key.pool())
                .ifPresent(
                    pool -> {
                      int version = read(store, pool, key, page);
                      if (!versions.allowed.contains(version)) {
                        throw new AssertionError(
                            "version of " + key + " is " + version + " not " + versions.allowed);
                      }
                    }));
  }

  /** The same model, which goes its own way. */
  CrashModel copy() {
    CrashModel copy = new CrashModel();
    copy.pools.putAll(pools);
    pages.forEach(
        (key, versions) -> {
          Versions same = copy.of(key);
          same.now = versions.now;
          same.allowed.clear();
          same.allowed.addAll(versions.allowed);
        });
    return copy;
  }

  private int read(PageStore store, Pool pool, Key key, ByteBuffer page) {
    return store.get(pool, key.object(), key.index(), page) ? version(page, key) : ABSENT;
  }

  /** What a store shows now, as the model of its further life: it must stay that way. */
  static CrashModel shownBy(PageStore store, CrashModel before, ByteBuffer page) {
    CrashModel model = new CrashModel();
    for (String name : before.pools.keySet()) {
      model.pools.put(name, store.pool(name).isPresent() ? PoolState.THERE : PoolState.GONE);
    }
    for (Key key : before.pages.keySet()) {
      Optional<Pool> pool = store.pool(key.pool());
      if (pool.isPresent()) {
        model.of(key).now = model.read(store, pool.get(), key, page);
      }
    }
    model.synced();
    return model;
  }
}
