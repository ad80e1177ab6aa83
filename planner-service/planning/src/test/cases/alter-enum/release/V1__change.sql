ALTER TYPE mood ADD VALUE 'glad' BEFORE 'happy';
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy';
ALTER TYPE public.mood ADD VALUE 'it''s complicated';
ALTER TABLE people ADD COLUMN next mood DEFAULT 'glad';
