// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.core.dictionary.DictionaryLog;
import io.pagestrata.core.dictionary.SavedDictionary;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.codec.DictionaryRule;
import io.pagestrata.tiers.codec.ZstdDictionaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** {@code zstd-1} with a dictionary keeps the codec contract. */
class ZstdDictionaryCodecTest extends PageCodecContract {
  private static final DictionaryRule RULE =
      new DictionaryRule(true, 4096, 32 << 10, 0.03, 1, 1 << 20, 8);

  /** A log that holds one dictionary, of the pool that the contract compresses for. */
  private static final class OneDictionary implements DictionaryLog {
    @Override
    public List<SavedDictionary> load() {
      return List.of(new SavedDictionary(1, POOL, RealPages.of(32 << 10).page(9)));
    }

    @Override
    public int nextId() {
      return 2;
    }

    @Override
    public void save(SavedDictionary dictionary) {}

    @Override
    public void delete(int id) {}
  }

  @Override
  protected PageCodec codec() {
    ZstdDictionaries dictionaries =
        new ZstdDictionaries(RULE, new MemoryBudget(64 << 20), System::nanoTime);
    PageCodec codec = dictionaries.encoder(Codecs.parse("zstd-1"));
    try {
      dictionaries.attach(new OneDictionary());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return codec;
  }
}
