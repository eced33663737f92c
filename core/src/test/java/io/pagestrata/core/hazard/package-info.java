// SPDX-License-Identifier: Apache-2.0
/** One class per way in which swap code lost or mixed up pages, found by its number. */
package io.pagestrata.core.hazard;
