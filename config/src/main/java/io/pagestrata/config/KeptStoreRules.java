// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import io.pagestrata.tiers.file.FaultWords;
import io.pagestrata.tiers.file.KeptStore;
import io.pagestrata.tiers.file.MissingKeyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Which settings of a durable store must fit what it left in its directory. Everything else may
 * change from run to run. Stateless.
 */
final class KeptStoreRules {
  /** Beside those that there are: two to clean into, one for removals, one for other changes. */
  private static final int SEGMENTS_TO_WORK_WITH = 4;

  private static final long MIB = 1L << 20;

  private KeptStoreRules() {}

  /**
   * Looks into the directory of a file tier.
   *
   * @param tier its number
   * @param problems takes each place with what is wrong there
   */
  static void check(
      PagestrataConfig config, int tier, FileTierConfig file, BiConsumer<Place, String> problems) {
    Optional<KeptStore> found;
    try {
      found = KeptStore.in(file.directory());
    } catch (NoSuchFileException e) {
      // A store that runs there replaced it meanwhile; to open another one needs its lock anyway.
      return;
    } catch (IOException e) {
      cannotBeUsed(tier, file, e, problems);
      return;
    }
    if (found.isEmpty()) {
      return;
    }
    String place = "'" + Words.printable(file.directory().toString()) + "'";
    if (config.durability() == Durability.VOLATILE) {
      problems.accept(
          Place.of(Settings.STORE, DurabilitySettings.DURABILITY),
          Words.quote("volatile")
              + " would delete the durable store in "
              + place
              + "; expected durable, or another directory");
      return;
    }
    KeptStore kept = found.get();
    if (kept.pageBytes() != config.pageBytes()) {
      problems.accept(
          Place.of(Settings.STORE, Settings.PAGE_SIZE),
          Words.quote(Units.formatBytes(config.pageBytes()))
              + " is not that of the store in "
              + place
              + "; expected "
              + Units.formatBytes(kept.pageBytes()));
    }
    checkSegments(tier, file, kept, place, problems);
    if (kept.fileBytes() > file.maxBytes()) {
      long roomBytes = SEGMENTS_TO_WORK_WITH * Rules.segmentBytes(file);
      problems.accept(
          Place.ofTier(tier, Settings.FILE, Settings.FILE_MAX_SIZE),
          Words.quote(Units.formatBytes(file.maxBytes()))
              + " is less than the "
              + inMib(kept.fileBytes())
              + " that the segments in "
              + place
              + " take; expected at least "
              + inMib(kept.fileBytes() + roomBytes)
              + ", with room to clean and to sync");
    }
  }

  /**
   * Looks whether the keys that are in files open all segments; what a command prints is not known.
   *
   * @param problems takes each place with what is wrong there
   */
  static void checkKeys(PagestrataConfig config, BiConsumer<Place, String> problems) {
    Optional<FileTierConfig> file =
        config
            .file()
            .filter(it -> config.durability() == Durability.DURABLE)
            .filter(it -> Files.isDirectory(it.directory()))
            .filter(it -> it.encryption().keyCommand().isEmpty())
            .filter(it -> it.encryption().keyFile().map(Files::isRegularFile).orElse(true))
            .filter(
                it -> it.encryption().previousKeyFiles().stream().allMatch(Files::isRegularFile));
    if (file.isEmpty()) {
      return;
    }
    int tier = config.tiers().indexOf(file.get());
    EncryptionConfig encryption = file.get().encryption();
    try {
      KeptStore.checkKeys(
          file.get().directory(), EncryptionKeys.fetch(encryption, config.durability()));
    } catch (NoSuchFileException e) {
      // A store that runs there has deleted a segment meanwhile, so it had the keys.
    } catch (MissingKeyException e) {
      SettingFault fault = EncryptionKeys.missing(encryption, e);
      problems.accept(Place.ofTier(tier, Settings.FILE, fault.setting()), fault.getMessage());
    } catch (IOException e) {
      cannotBeUsed(tier, file.get(), e, problems);
    }
  }

  private static void cannotBeUsed(
      int tier, FileTierConfig file, IOException e, BiConsumer<Place, String> problems) {
    problems.accept(
        Place.ofTier(tier, Settings.FILE, Settings.FILE_DIRECTORY),
        Words.quote(file.directory().toString()) + " cannot be used: " + FaultWords.of(e));
  }

  private static void checkSegments(
      int tier,
      FileTierConfig file,
      KeptStore kept,
      String place,
      BiConsumer<Place, String> problems) {
    long segmentBytes = Rules.segmentBytes(file);
    if (kept.largestBytes() > segmentBytes) {
      String auto =
          file.segmentBytes().isPresent()
              ? ""
              : ", which is " + Units.formatBytes(segmentBytes) + " with this max-size,";
      problems.accept(
          Place.ofTier(tier, Settings.FILE, Settings.FILE_SEGMENT_SIZE),
          Words.quote(Settings.FILE_SEGMENT_SIZE.textIn(file))
              + auto
              + " is too small for "
              + kept.largest()
              + " in "
              + place
              + ", which has "
              + kept.largestBytes()
              + " bytes; expected at least "
              + Units.formatBytes(Long.highestOneBit(kept.largestBytes() - 1) << 1));
    }
  }

  private static String inMib(long bytes) {
    return Units.formatBytes((bytes + MIB - 1) / MIB * MIB);
  }
}
