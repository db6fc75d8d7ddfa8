/** @import { ChatType, Wishes } from '../camdiv.js' */
import { CamdivError } from './errors.js';

const chats = ['video', 'audio', 'text'];
const maxInterests = 10;
const maxInterestLength = 32;
const maxLanguages = 5;

/** @typedef {{ chat: ChatType, interests: string[], languages: string[] }} CleanWishes */

/**
 * @param {Wishes} wishes
 * @returns {CleanWishes} within the protocol's bounds
 * @throws {CamdivError} `bad-argument` for an unknown chat type
 */
export function cleanWishes({ chat, interests = [], languages = [] }) {
  if (!chats.includes(chat)) throw new CamdivError('bad-argument', `chat must be one of ${chats.join(', ')}`);
  return {
    chat,
    interests: distinct(interests.map(cleanInterest)).slice(0, maxInterests),
    languages: distinct(languages.map(canonicalLanguage)).slice(0, maxLanguages),
  };
}

/**
 * @param {string} interest
 * @returns {string} trimmed, inner blanks joined, at most 32 UTF-16 units with no character cut in two
 */
export function cleanInterest(interest) {
  let clean = '';
  for (const character of interest.trim().replace(/\s+/g, ' ')) {
    if (clean.length + character.length > maxInterestLength) break;
    clean += character;
  }
  return clean.trim();
}

/** @param {string} tag */
function canonicalLanguage(tag) {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? '';
  } catch {
    return '';
  }
}

/** @param {string[]} values */
function distinct(values) {
  const seen = new Set();
  return values.filter((value) => {
    const key = value.toLowerCase();
    return value !== '' && !seen.has(key) && seen.add(key);
  });
}
