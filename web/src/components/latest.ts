/** For what is asked for again and again: an answer that was overtaken by a newer question is no news, nor is its failure. */

export function createLatest<Answer>(take: (answer: Answer) => void): (asking: Promise<Answer>) => Promise<void> {
  let newest: Promise<Answer> | null = null;
  return async (asking) => {
    newest = asking;
    try {
      const answer = await asking;
      if (asking === newest) take(answer);
    } catch (error) {
      if (asking === newest) throw error;
    }
  };
}
