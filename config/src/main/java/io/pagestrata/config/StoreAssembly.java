// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.core.InvalidConfigurationException;
import io.pagestrata.core.PageStore;
import io.pagestrata.core.tier.MemoryBudget;
import io.pagestrata.core.tier.Recompressor;
import io.pagestrata.core.tier.Tier;
import io.pagestrata.tiers.codec.Codecs;
import io.pagestrata.tiers.codec.ZstdDictionaries;
import io.pagestrata.tiers.file.FaultWords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Wires the parts of a store. When one of them cannot be made, those made before it are closed
 * again. Stateless and thread-safe.
 */
public final class StoreAssembly {
  private StoreAssembly() {}

  /**
   * Opens a store.
   *
   * @param config a valid configuration
   * @return an open store, which the caller closes
   * @throws InvalidConfigurationException with all problems, when this machine cannot do what the
   *     configuration asks for
   */
  public static PageStore open(PagestrataConfig config) {
    List<String> problems = MachineCheck.problems(config);
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
    return open(config, new StoreParts(config, System::nanoTime));
  }

  static PageStore open(PagestrataConfig config, StoreParts parts) {
    MemoryBudget budget = new MemoryBudget(config.ram().maxBytes());
    if (!budget.tryCharge(parts.bufferBytes())) {
      throw new IllegalStateException(
          "a valid configuration has room for the buffers of its parts");
    }
    ZstdDictionaries dictionaries = parts.dictionaries(budget);
    List<Tier> tiers = new ArrayList<>();
    List<Recompressor> recompressors = new ArrayList<>();
    try {
      for (TierConfig tier : config.tiers()) {
        // Page table and buffers are charged to the top tier; a lower one has a budget of its own.
        MemoryBudget own = tiers.isEmpty() ? budget : new MemoryBudget(tier.maxBytes());
        recompressors.add(parts.recompressor(tiers.size(), dictionaries));
        tiers.add(makeTier(config, tiers.size(), own, parts));
      }
      AtomicReference<PageStore> store = new AtomicReference<>();
      store.set(
          new PageStore(
              parts.storeSettings(),
              tiers,
              budget,
              dictionaries.decoders(),
              dictionaries.encoder(Codecs.parse(config.ram().codec())),
              parts.promotion(),
              hierarchy ->
                  parts.writeback(
                      hierarchy,
                      recompressors,
                      dictionaries,
                      () -> stalls(store.get()),
                      () -> Optional.ofNullable(store.get()).map(PageStore::stats))));
      return store.get();
    } catch (RuntimeException | Error e) {
      recompressors.forEach(Recompressor::close);
      dictionaries.close();
      closeAll(tiers, e);
      throw e;
    }
  }

  private static Tier makeTier(
      PagestrataConfig config, int number, MemoryBudget budget, StoreParts parts) {
    TierConfig tier = config.tiers().get(number);
    if (tier instanceof RamTierConfig ram) {
      return parts.ramTier(ram, budget);
    }
    if (tier instanceof RemoteTierConfig remote) {
      try {
        return parts.remoteTier(remote, budget);
      } catch (IOException e) {
        Place place = Place.ofTier(number, RemoteTierSettings.REMOTE, RemoteTierSettings.SERVERS);
        throw problem(config, place, e.getMessage(), e);
      }
    }
    FileTierConfig file = (FileTierConfig) tier;
    try {
      return parts.fileTier(file);
    } catch (SettingFault e) {
      Place place = Place.ofTier(number, Settings.FILE, e.setting());
      throw problem(config, place, e.getMessage(), e);
    } catch (IOException e) {
      Place place = Place.ofTier(number, Settings.FILE, Settings.FILE_DIRECTORY);
      String directory = Words.quote(file.directory().toString());
      throw problem(config, place, directory + " cannot be used: " + FaultWords.of(e), e);
    }
  }

  private static InvalidConfigurationException problem(
      PagestrataConfig config, Place place, String complaint, IOException cause) {
    String line = Words.printable(config.origin().of(place) + ": " + complaint);
    InvalidConfigurationException problem = new InvalidConfigurationException(List.of(line));
    problem.addSuppressed(cause);
    return problem;
  }

  /** The monitor may ask while the store is still being made. */
  private static long stalls(PageStore store) {
    return store == null ? 0 : store.stalls();
  }

  private static void closeAll(List<Tier> tiers, Throwable reason) {
    for (int i = tiers.size() - 1; i >= 0; i--) {
      try {
        tiers.get(i).close();
      } catch (RuntimeException e) {
        reason.addSuppressed(e);
      }
    }
  }
}
