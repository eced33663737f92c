// SPDX-License-Identifier: Apache-2.0
/** The RAM tier: compressed pages held off-heap inside one memory limit. */
package io.pagestrata.tiers.ram;
