// SPDX-License-Identifier: Apache-2.0
/** Rules that say which refaulted pages come up again. */
package io.pagestrata.writeback.promotion;
