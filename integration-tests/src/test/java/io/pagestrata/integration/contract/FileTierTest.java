// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import io.pagestrata.core.tier.Tier;
import io.pagestrata.integration.support.Zpages;
import io.pagestrata.tiers.file.FileTier;
import io.pagestrata.tiers.file.FileTierSettings;
import io.pagestrata.tiers.file.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;

/** The file tier keeps the tier contract. */
class FileTierTest extends TierContract<Tier> {
  @Override
  protected Tier open(Path directory) throws IOException {
    FileTierSettings settings = FileTierSettings.of(directory, LIMIT_BYTES, Zpages.PAGE_BYTES);
    return new FileTier(settings, System::nanoTime, SegmentFiles.inDirectory(directory, false));
  }
}
